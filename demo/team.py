"""The people of the story: what they type on their laptop, in the repository that the template made."""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

LOG = "demo.log"


class Failed(RuntimeError):
    """A command of the story failed; the message holds its last lines."""


@dataclass
class Laptop:
    """A working copy. `environment` is added to the commands'; all they print goes to a log beside the copy."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *command: str) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            command, cwd=self.root, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        with (self.root.parent / LOG).open("a") as log:
            log.write(f"$ {' '.join(command)}\n{done.stdout}\n")
        if done.returncode:
            tail = "\n".join(done.stdout.strip().splitlines()[-15:])
            raise Failed(f"{' '.join(command)} failed (exit {done.returncode}):\n{tail}")
        return done.stdout.strip()

    def branch(self, name: str) -> None:
        """A new branch from the newest main."""
        self.run("git", "fetch", "--quiet", "origin", "main")
        self.run("git", "switch", "--quiet", "--no-track", "-c", name, "origin/main")

    def commit_and_push(self, message: str) -> None:
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "-m", message)
        self.run("git", "push", "--quiet", "--set-upstream", "origin", "HEAD")

    def edit(self, path: str, pattern: str, replacement: str) -> None:
        """Replace the one place in a file that the pattern matches."""
        file = self.root / path
        text, found = re.subn(pattern, replacement, file.read_text())
        if found != 1:
            raise Failed(f"{path} has {found} places that match {pattern!r}, not one")
        file.write_text(text)

    def _environment(self) -> dict[str, str]:
        """This shell's, without a virtual environment of its own, and the name under which the team commits."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "MAKE", "MFLAGS"))
        }
        who = {"NAME": "Ada", "EMAIL": "ada@example.com"}
        identity = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
        return kept | identity | self.environment
