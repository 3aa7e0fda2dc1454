"""One remote against the outputs that it is to hold: each object is there, has its size and, deep, its hash."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator

from mlgitops.audit.remote import Remote
from mlgitops.report.schema import Lost, clipped
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out

Watch = Callable[[Iterable, int], Iterable]  # passes objects on, of so many, as they are read


def unwatched(found: Iterable, total: int) -> Iterable:
    return found


class Examination:
    """A remote, listed once.

    wanted: output → path → object, members of folders included. asked: how many objects were looked for.
    """

    def __init__(self, repository: Repository, remote: Remote, outs: dict[str, Out]) -> None:
        self.repository, self.remote, self.outs = repository, remote, outs
        self.held = remote.sizes()
        folders = {out.md5 for out in outs.values() if out.md5.endswith(".dir")}
        self.listings = remote.read(sorted(folders & self.held.keys()))
        self.wanted = {path: {path: out.md5} | self._members(path, out) for path, out in outs.items()}
        self.asked = sum(map(len, self.wanted.values()))

    def lost(self, deep: bool = False, watch: Watch = unwatched) -> list[Lost]:
        """What is missing or harmed. A size is known of a file, and of a folder as a whole: the sum of its members."""
        missing = [*self._missing()]
        harmed = self._other_bytes(watch) if deep else self._other_sizes({lost.path for lost in missing})
        return [*missing, *harmed]

    def members(self, name: str) -> set[str]:
        """The objects that a folder's listing names; none of a file's."""
        found = (wanted for path, wanted in self.wanted.items() if self.outs[path].md5 == name)
        return {member for wanted in found for member in wanted.values()} - {name}

    def _missing(self) -> Iterator[Lost]:
        for wanted in self.wanted.values():
            for path, name in wanted.items():
                if name not in self.held:
                    yield _lost(path, name, "missing")

    def _other_sizes(self, missing: set[str]) -> Iterator[Lost]:
        """Of outputs of which nothing is missing."""
        for path, out in self.outs.items():
            wanted = self.wanted[path]
            if missing.isdisjoint(map(clipped, wanted)):
                is_folder = out.md5.endswith(".dir")
                size = sum(self.held[name] for at, name in wanted.items() if at != path or not is_folder)
                if size != out.size or (is_folder and _named(self.listings[out.md5]) != out.md5):
                    yield _lost(path, out.md5, "size")

    def _other_bytes(self, watch: Watch) -> Iterator[Lost]:
        names = sorted({name for wanted in self.wanted.values() for name in wanted.values()} & self.held.keys())
        hashes = dict(watch(self.remote.hashes(names), len(names)))
        for wanted in self.wanted.values():
            for path, name in wanted.items():
                if name in hashes and hashes[name] != name.removesuffix(".dir"):
                    yield _lost(path, name, "hash")

    def _members(self, path: str, out: Out) -> dict[str, str]:
        """By the remote's listing or, where that is missing or another one, by this machine's."""
        if not out.md5.endswith(".dir"):
            return {}
        here = objects.locate(self.repository, out.md5)
        listings = (self.listings.get(out.md5, b""), here.read_bytes() if here else b"")
        listing = next((listing for listing in listings if _named(listing) == out.md5), b"[]")
        try:
            return {f"{path}/{entry['relpath']}": entry["md5"] for entry in json.loads(listing)}
        except (ValueError, KeyError, TypeError):  # named so, but no listing
            return {}


def _lost(path: str, name: str, problem: str) -> Lost:
    return Lost(path=clipped(path), md5=clipped(name), problem=problem)


def _named(listing: bytes) -> str:
    """The name that a listing has to have."""
    return hashlib.md5(listing, usedforsecurity=False).hexdigest() + ".dir"
