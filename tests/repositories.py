"""Small git repositories for tests, as real as git makes them."""

import os
import subprocess
import sys
from pathlib import Path

from mlgitops.repository.git import Repository

BIN = Path(sys.executable).parent
WHO = {"NAME": "Ada", "EMAIL": "ada@example.com"}
IDENTITY = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in WHO.items()}

STORAGE_CONFIG = "[core]\n    remote = storage\n['remote \"storage\"']\n    url = storage\n    verify = true\n"


def commit(repository: Repository, files: dict[str, str], message: str = "Change") -> str:
    """Write the files, commit everything, and return the commit's id."""
    for name, text in files.items():
        path = repository.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--allow-empty", "-m", message)
    return repository.rev_parse("HEAD")


class WorkingTree:
    """A repository with DVC in which a person works; commands run with this interpreter's tools."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.repository = Repository(root)

    def begin(self) -> None:
        self.must("git", "init", "--quiet", "--initial-branch", "main")
        self.must("dvc", "init", "--quiet")

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        env = os.environ | IDENTITY | {"PATH": path, "DVC_NO_ANALYTICS": "1"} | variables
        return subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True)

    def must(self, *command: str) -> str:
        """Run a command that is to succeed; what it printed."""
        done = self.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self, message: str = "Change") -> None:
        self.must("git", "add", "--all")
        self.must("git", "commit", "--quiet", "--allow-empty", "-m", message)
