"""Remotes of each kind, as real as they run here, and a hand that harms what they hold."""

import subprocess
from pathlib import Path
from typing import Protocol

from tests.repositories import WorkingTree

BUCKET = "objects"


def path(md5: str) -> str:
    return f"files/md5/{md5[:2]}/{md5[2:]}"


class Hand(Protocol):
    """What it does is done behind the back of DVC and of mlgitops."""

    def write(self, md5: str, content: bytes) -> None: ...

    def read(self, md5: str) -> bytes: ...

    def delete(self, md5: str) -> None: ...


class FolderHand:
    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, md5: str, content: bytes) -> None:
        (self.root / path(md5)).chmod(0o644)
        (self.root / path(md5)).write_bytes(content)

    def read(self, md5: str) -> bytes:
        return (self.root / path(md5)).read_bytes()

    def delete(self, md5: str) -> None:
        (self.root / path(md5)).unlink()


class BranchHand:
    """In a clone of its own, of the branch at origin."""

    def __init__(self, origin: Path, beside: Path) -> None:
        self.tree = WorkingTree(beside)
        subprocess.run(["git", "clone", "--quiet", "--branch", "dvc-storage", f"file://{origin}", beside], check=True)

    def write(self, md5: str, content: bytes) -> None:
        (self.tree.root / path(md5)).write_bytes(content)
        self._push()

    def read(self, md5: str) -> bytes:
        self.tree.must("git", "pull", "--quiet", "--rebase")
        return (self.tree.root / path(md5)).read_bytes()

    def delete(self, md5: str) -> None:
        (self.tree.root / path(md5)).unlink()
        self._push()

    def _push(self) -> None:
        self.tree.commit("Harm it")
        self.tree.must("git", "push", "--quiet")


class BucketHand:
    def __init__(self, client) -> None:
        self.client = client

    def write(self, md5: str, content: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=f"data/{path(md5)}", Body=content)

    def read(self, md5: str) -> bytes:
        return self.client.get_object(Bucket=BUCKET, Key=f"data/{path(md5)}")["Body"].read()

    def delete(self, md5: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=f"data/{path(md5)}")
