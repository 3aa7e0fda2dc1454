"""A bare repository on the loopback GitHub, and what GitHub remembers about it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ZERO = "0" * 40
IDENTITY = {
    "GIT_AUTHOR_NAME": "GitHub",
    "GIT_AUTHOR_EMAIL": "noreply@github.com",
    "GIT_COMMITTER_NAME": "GitHub",
    "GIT_COMMITTER_EMAIL": "noreply@github.com",
}
SETTINGS = {
    "http.receivepack": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "uploadpack.allowFilter": "true",
    "receive.hideRefs": "refs/pull",
    "gc.auto": "0",
}


class GitError(RuntimeError):
    """git said no; the message is its own."""


@dataclass
class Repository:
    """`name` is owner/name. The lists hold objects in the shapes of the REST API, `signed` the ids of commits."""

    id: int
    name: str
    path: Path
    public: bool = False
    default_branch: str = "main"
    parent: str | None = None
    pulls: list[dict] = field(default_factory=list)
    comments: list[dict] = field(default_factory=list)
    check_runs: list[dict] = field(default_factory=list)
    statuses: list[dict] = field(default_factory=list)
    deployments: list[dict] = field(default_factory=list)
    deployment_statuses: list[dict] = field(default_factory=list)
    runs: list[dict] = field(default_factory=list)
    jobs: list[dict] = field(default_factory=list)
    artifacts: list[dict] = field(default_factory=list)
    timeline: list[dict] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    settings: dict = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://github.com/{self.name}.git"

    def create(self) -> None:
        subprocess.run(["git", "init", "-q", "--bare", "-b", self.default_branch, self.path], check=True)
        for key, value in SETTINGS.items():
            self.git("config", key, value)

    def git(self, *arguments: str, stdin: str | bytes = b"", env: dict[str, str] | None = None) -> str:
        """Run git in the bare repository and return what it printed, stripped."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            ["git", "-C", self.path, *arguments], input=data, capture_output=True, env=environment(env)
        )
        if done.returncode:
            raise GitError(done.stderr.decode().strip() or f"git {arguments[0]} failed")
        return done.stdout.decode().rstrip("\n")

    def find(self, revision: str, kind: str = "commit") -> str | None:
        """The full id of a revision, or None where there is none of that kind."""
        if not revision or revision.startswith("-"):
            return None
        try:
            return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{{kind}}}")
        except GitError:
            return None

    def blob(self, revision: str, path: str) -> str | None:
        """The id of a file at a revision, or None."""
        said = self.git("ls-tree", "-z", "--full-tree", "--end-of-options", revision, "--", path)
        return said.split("\t")[0].split(" ")[2] if said.split(" ")[1:2] == ["blob"] else None

    def refs(self) -> dict[str, str]:
        """Every ref and the object that it names."""
        lines = self.git("for-each-ref", "--format=%(objectname) %(refname)").splitlines()
        return {name: sha for sha, _, name in (line.partition(" ") for line in lines)}

    def set_ref(self, ref: str, sha: str | None) -> None:
        self.git("update-ref", ref, sha) if sha else self.git("update-ref", "-d", ref)

    def is_ancestor(self, older: str, newer: str) -> bool:
        return self.git("rev-list", "--count", older, f"^{newer}") == "0"

    def merge(self, base: str, head: str, message: str) -> str | None:
        """The id of a merge commit of two commits, on no branch yet; None where they conflict."""
        try:
            tree = self.git("merge-tree", "--write-tree", base, head).splitlines()[0]
        except GitError:
            return None
        return self.git("commit-tree", tree, "-p", base, "-p", head, "-m", message, env=IDENTITY)

    def changed(self, base: str, head: str) -> list[str]:
        """Paths that differ between the merge base of two commits and the second."""
        return self.git("diff", "--name-only", "-z", f"{base}...{head}").split("\0")[:-1]

    def pushed(self, before: str, after: str) -> list[str]:
        """Paths that differ between two states of a branch; all of them for a new branch."""
        if before == ZERO:
            return self.git("ls-tree", "-r", "--name-only", "-z", after).split("\0")[:-1]
        return self.git("diff", "--name-only", "-z", before, after).split("\0")[:-1]

    def read(self, revision: str, path: str) -> str | None:
        """The text of a file at a revision, or None."""
        try:
            return self.git("show", f"{revision}:{path}")
        except GitError:
            return None


def environment(extra: dict[str, str] | None) -> dict[str, str]:
    """Git's environment without the settings of whoever runs the hub."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", **(extra or {})}
