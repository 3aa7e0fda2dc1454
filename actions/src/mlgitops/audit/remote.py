"""What an audit asks of a remote, whatever kind it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from mlgitops.repository.git import Repository


class Remote(Protocol):
    """name: in .dvc/config. Objects are named by their md5; a folder's listing ends in .dir.

    What can't be reached, or has no credentials, raises CannotCheck (`reach`).
    """

    name: str

    def sizes(self) -> dict[str, int]:
        """Object → bytes of all that is there, in one listing."""

    def read(self, names: list[str]) -> dict[str, bytes]:
        """The bytes of a few objects that are there."""

    def hashes(self, names: list[str]) -> Iterator[tuple[str, str]]:
        """Object and md5 of its bytes, as the remote gives them back, in any order; empty for one that it can't."""

    def put(self, sources: dict[str, Path]) -> None:
        """Store files as objects, each whole or not at all, in this order; what has the name is replaced."""


def folder(repository: Repository, url: str) -> Path | None:
    """Where a remote lies on this machine; a relative address starts at .dvc. None for one that is not here."""
    return None if not url or "://" in url else repository.root / ".dvc" / url
