"""The branch `environment/<name>`, which the cluster keeps to: each commit is what was to run from then on.

Nobody merges it. It holds deploy/kubernetes of the commit that was deployed, and on top what CI knew then: the image by
its digest, and the state that it serves.
"""

import re
from dataclasses import dataclass

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import IDENTITY

BASE = "deploy/kubernetes"
COMMIT = re.compile(r"^Commit: ([0-9a-f]{40})$", re.MULTILINE)
IMAGE = re.compile(r"^Image: (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Branch:
    """One environment's. tip: its newest commit on origin; empty where there is none yet."""

    repository: Repository
    environment: str
    tip: str

    @classmethod
    def of(cls, repository: Repository, environment: str) -> "Branch":
        """As origin has it, with its history."""
        name = f"refs/heads/{cls.named(environment)}"
        if not repository.git("ls-remote", "origin", name):
            return cls(repository, environment, "")
        repository.git("fetch", "--quiet", "--no-tags", "origin", name)
        return cls(repository, environment, repository.rev_parse("FETCH_HEAD"))

    @staticmethod
    def named(environment: str) -> str:
        return f"environment/{environment}"

    @property
    def image(self) -> str | None:
        """What runs: the image with its digest."""
        return _found(IMAGE, self._message(self.tip)) if self.tip else None

    def built(self, image: str) -> str | None:
        """An image that ran before under this name, with its digest: to go back, nothing is built again."""
        if not self.tip:
            return None
        grep = ("--fixed-strings", f"--grep=Image: {image}@")
        return _found(IMAGE, self.repository.git("log", "-1", "--format=%B", *grep, self.tip))

    def is_newer(self) -> bool:
        """Whether the commit that was handled last is none that HEAD has behind it."""
        ancestor = ("merge-base", "--is-ancestor", self._made_of() or "HEAD", "HEAD")
        return self.repository.try_git(*ancestor).returncode != 0

    def file(self, path: str) -> bytes | None:
        return self.repository.show(self.tip, path) if self.tip else None

    def push(self, files: dict[str, bytes], *, models: str, image: str) -> bool:
        """Commit these files over HEAD's manifests, and push; False where the branch had them already.

        Then, too, there is a commit: it says that HEAD was handled, so that nothing older comes after it.
        """
        head, tree = self.repository.rev_parse("HEAD"), self._tree(files)
        known = bool(self.tip) and self.repository.git("rev-parse", f"{self.tip}^{{tree}}") == tree
        if known and self._made_of() == head:
            return False
        message = f"{'Keep' if known else 'Serve'} {models}\n\nCommit: {head}\nImage: {image}\n"
        parent = ("-p", self.tip) if self.tip else ()
        made = self.repository.git(*IDENTITY, "commit-tree", tree, *parent, "-F", "-", input=message.encode())
        pushed = self.repository.try_git(
            "push", "--quiet", "origin", f"{made}:refs/heads/{self.named(self.environment)}"
        )
        if pushed.returncode:
            said = pushed.stderr.decode(errors="replace").strip().splitlines()
            raise CheckFailed(f"{self.named(self.environment)} was not pushed", given=said[0], next="Run it again")
        return not known

    def _tree(self, files: dict[str, bytes]) -> str:
        blobs = {path: self.repository.git("hash-object", "-w", "--stdin", input=data) for path, data in files.items()}
        manifests = self.repository.git("rev-parse", f"HEAD:{BASE}")
        deploy = self.repository.git("mktree", input=f"040000 tree {manifests}\tkubernetes\n".encode())
        entries = [f"100644 blob {blob}\t{path}\n" for path, blob in blobs.items()]
        return self.repository.git("mktree", input="".join([*entries, f"040000 tree {deploy}\tdeploy\n"]).encode())

    def _made_of(self) -> str | None:
        return _found(COMMIT, self._message(self.tip)) if self.tip else None

    def _message(self, commit: str) -> str:
        return self.repository.git("show", "--no-patch", "--format=%B", commit)


def overlay(repository: Repository, environment: str) -> bytes:
    """The overlay's kustomization.yaml at HEAD; CannotCheck where there is none."""
    path = f"{BASE}/overlays/{environment}/kustomization.yaml"
    if (found := repository.show("HEAD", path)) is None:
        raise CannotCheck("There is no such file at this commit", given=path, next="Commit an overlay for it")
    return found


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None
