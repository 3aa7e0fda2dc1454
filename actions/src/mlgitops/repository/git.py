"""The git repository, asked through the git command."""

import base64
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mlgitops.errors import CannotCheck


@dataclass(frozen=True, kw_only=True)
class Change:
    """One path that differs between two commits; added and removed count lines, None for a binary file."""

    path: str
    status: str  # A added, M modified, D deleted, T type changed
    added: int | None
    removed: int | None


@dataclass(frozen=True)
class Repository:
    root: Path

    @classmethod
    def here(cls, start: Path | None = None) -> "Repository":
        """The repository around `start` (default: the current folder); CannotCheck where there is none."""
        start = start or Path.cwd()
        found = subprocess.run(
            ["git", "-C", str(start), "rev-parse", "--show-toplevel"], capture_output=True, text=True
        )
        if found.returncode:
            raise CannotCheck("This is not a git repository", given=start, next="Run git init first")
        return cls(Path(found.stdout.strip()))

    @classmethod
    def around(cls) -> "Repository | None":
        """The repository around the current folder, where there is one."""
        try:
            return cls.here()
        except CannotCheck:
            return None

    def try_git(self, *args: str, input: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run git, without the team's hooks, and hand back whatever it answered; the caller reads the return code."""
        command = ["git", "-C", str(self.root), "-c", "core.hooksPath=/dev/null", *args]
        return subprocess.run(command, capture_output=True, input=input, env=environment())

    def git(self, *args: str, input: bytes | None = None) -> str:
        """What git printed; CannotCheck with git's own last line when it failed."""
        done = self.try_git(*args, input=input)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise CannotCheck(f"git {args[0]} failed", given=said[-1] if said else f"exit {done.returncode}")
        return done.stdout.decode(errors="replace").strip()

    def rev_parse(self, rev: str) -> str:
        """The full commit id of a revision."""
        done = self.try_git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
        if done.returncode:
            raise CannotCheck("No such revision", given=rev, next="Fetch it, or name another one")
        return done.stdout.decode().strip()

    def merge_base(self, a: str, b: str) -> str:
        """The commit at which the histories of two revisions part."""
        done = self.try_git("merge-base", self.rev_parse(a), self.rev_parse(b))
        if done.returncode:
            raise CannotCheck("No common history", given=f"{a} and {b}", next="Fetch more of it: git fetch --unshallow")
        return done.stdout.decode().strip()

    def show(self, rev: str | None, path: str) -> bytes | None:
        """A file's bytes at a revision, or of the working tree for None; None where it does not exist."""
        if rev is None:
            file = self.root / path
            return file.read_bytes() if file.is_file() else None
        done = self.try_git("cat-file", "blob", f"{rev}:{path}")
        return None if done.returncode else done.stdout

    def below(self, path: Path) -> str:
        """A path as the repository names it."""
        return path.resolve().relative_to(self.root.resolve()).as_posix()

    def changed(self, base: str, head: str | None = None) -> list[Change]:
        """The paths that differ between two commits, or between a commit and the working tree."""
        ends = [base] if head is None else [base, head]
        status = self.git("diff", "--no-renames", "--name-status", "-z", *ends).split("\0")
        lines = self.git("diff", "--no-renames", "--numstat", "-z", *ends).split("\0")
        counts = {path: (added, removed) for added, removed, path in (line.split("\t", 2) for line in lines[:-1])}
        return [
            Change(path=path, status=kind[0], added=_count(counts[path][0]), removed=_count(counts[path][1]))
            for kind, path in zip(status[::2], status[1::2], strict=False)
        ]

    def has_remote(self, name: str = "origin") -> bool:
        return self.try_git("remote", "get-url", name).returncode == 0

    def is_shallow(self) -> bool:
        return self.git("rev-parse", "--is-shallow-repository") == "true"

    def is_cut(self, rev: str = "HEAD") -> bool:
        """Whether the history of a revision ends here before its beginning; of a branch of data alone, it may."""
        ends = self.cut_off()
        return bool(ends) and not ends.isdisjoint(self.git("rev-list", "--max-parents=0", rev).split())

    def cut_off(self) -> set[str]:
        """The commits whose parents were not fetched."""
        file = self.root / self.git("rev-parse", "--git-path", "shallow")
        return set(file.read_text().split()) if file.is_file() else set()


def _count(text: str) -> int | None:
    return None if text == "-" else int(text)


def environment() -> dict[str, str]:
    """The environment for git; the job's token, if there is one, is for this server only and never on disk."""
    env = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    token = env.get("GITHUB_TOKEN")
    if not token:
        return env
    server = env.get("GITHUB_SERVER_URL", "https://github.com")
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    number = int(env.get("GIT_CONFIG_COUNT", "0"))
    return env | {
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": f"http.{server}/.extraheader",
        f"GIT_CONFIG_VALUE_{number}": f"AUTHORIZATION: basic {basic}",
    }
