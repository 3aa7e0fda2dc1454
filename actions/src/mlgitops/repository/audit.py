"""Whether the DVC remote holds all that the commit names: what it lacks, nobody will ever fetch again."""

import glob
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from mlgitops.report.schema import Audit, Lost, clipped
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, Out, dvc_files, load, outputs
from mlgitops.repository.storage import Storage

MOST = 50  # lost objects, as the schema has it


def audit(repository: Repository, rev: str | None = "HEAD") -> Audit | None:
    """Look for each object that dvc.lock and the .dvc files at a revision (None: the working tree) name, and for its
    size.

    A size is known of a file, and of a folder as a whole: the sum of its members. None where nothing is named, or
    where the storage branch is not attached: documentation alone needs no data.
    """
    outs, storage = named(repository, rev), Storage(repository)
    if not outs or (storage.is_used() and not storage.path.is_dir()):
        return None
    place = folder(repository, storage.url)
    if place is None or not place.is_dir():
        return Audit(remote=clipped(storage.name), is_listed=False)
    remote = Remote(repository, place)
    lost = [found for path, out in outs.items() for found in remote.lost(path, out)]
    return Audit(
        remote=clipped(storage.name),
        is_listed=True,
        objects=remote.asked,
        lost=lost[:MOST],
        omitted=len(lost[MOST:]),
    )


def named(repository: Repository, rev: str | None = "HEAD") -> dict[str, Out]:
    """Path → Out of all that the default remote is to hold: not what git keeps, nor what comes from elsewhere."""
    lock, elsewhere = Lock.read(repository, rev), list(_elsewhere(repository, rev))
    outs = lock.outs | lock.data
    return {path: out for path, out in outs.items() if not any(fnmatchcase(path, name) for name in elsewhere)}


def folder(repository: Repository, url: str) -> Path | None:
    """Where a remote lies on this machine; a relative address starts at .dvc. None for one that is not here."""
    return None if not url or "://" in url else repository.root / ".dvc" / url


class Remote:
    """A remote that is a folder, listed once. asked: how many objects were looked for."""

    def __init__(self, repository: Repository, place: Path) -> None:
        self.repository, self.asked = repository, 0
        self.held = {
            prefix.name + entry.name: entry
            for prefix in _entries(place / "files" / "md5", is_dir=True)
            for entry in _entries(prefix)
        }

    def lost(self, path: str, out: Out) -> Iterator[Lost]:
        """What is missing or harmed of an output."""
        is_folder = out.md5.endswith(".dir")
        members = self._members(out) if is_folder else {}
        wanted = {path: out.md5} | {f"{path}/{name}": md5 for name, md5 in members.items()}
        self.asked += len(wanted)
        missing = [(name, md5) for name, md5 in wanted.items() if md5 not in self.held]
        for name, md5 in missing:
            yield Lost(path=clipped(name), md5=clipped(md5), problem="missing")
        if not missing and (
            self._is_harmed(out) or self._size(members.values() if is_folder else [out.md5]) != out.size
        ):
            yield Lost(path=clipped(path), md5=clipped(out.md5), problem="size")

    def _members(self, out: Out) -> dict[str, str]:
        """By the remote's listing or, where it lacks it, by this machine's; none of one that can't be read."""
        try:
            if out.md5 not in self.held:
                return objects.members(self.repository, out)
            return {entry["relpath"]: entry["md5"] for entry in json.loads(self._bytes(out.md5))}
        except (ValueError, KeyError, TypeError):
            return {}

    def _is_harmed(self, out: Out) -> bool:
        """Whether a listing is not the one that was named: all else is built on it."""
        if not out.md5.endswith(".dir"):
            return False
        return hashlib.md5(self._bytes(out.md5), usedforsecurity=False).hexdigest() + ".dir" != out.md5

    def _size(self, names: Iterable[str]) -> int:
        return sum(self.held[name].stat().st_size for name in names)

    def _bytes(self, name: str) -> bytes:
        return Path(self.held[name]).read_bytes()


def _entries(folder: Path | os.DirEntry, is_dir: bool = False) -> list[os.DirEntry]:
    """What is in a folder, by one question to the system; nothing where there is no such folder."""
    if not Path(folder).is_dir():
        return []
    with os.scandir(folder) as found:
        return [entry for entry in found if entry.is_dir() == is_dir]


def _elsewhere(repository: Repository, rev: str | None) -> Iterator[str]:
    """Patterns of the outputs that git keeps, that are never pushed, or that have a remote of their own; and of what
    was imported from another repository, where it stays."""
    for stage in load(repository, rev, "dvc.yaml").get("stages", {}).values():
        yield from (_pattern(path) for path, how in outputs(stage).items() if _is_elsewhere(how))
    for path in dvc_files(repository, rev):
        tracked = load(repository, rev, path)
        imported = any("repo" in source for source in tracked.get("deps", []))
        for out in tracked.get("outs", []):
            if imported or _is_elsewhere(out):
                yield glob.escape(str(Path(path).parent / out["path"]))


def _pattern(path: str) -> str:
    """Of a path that dvc.yaml makes of variables."""
    return "*".join(map(glob.escape, re.split(r"\$\{.*?\}", path)))


def _is_elsewhere(how: dict) -> bool:
    return not how.get("cache", True) or not how.get("push", True) or "remote" in how
