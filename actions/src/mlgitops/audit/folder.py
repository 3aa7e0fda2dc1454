"""A remote that is a folder of this machine: listed and read without DVC."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mlgitops.repository import objects


@dataclass(frozen=True)
class Folder:
    """A `Remote`."""

    name: str
    path: Path

    def sizes(self) -> dict[str, int]:
        return {
            prefix.name + entry.name: entry.stat().st_size
            for prefix in _entries(self.path / objects.FOLDER, is_dir=True)
            for entry in _entries(prefix)
        }

    def read(self, names: list[str]) -> dict[str, bytes]:
        return {name: self._at(name).read_bytes() for name in names}

    def hashes(self, names: list[str]) -> Iterator[tuple[str, str]]:
        with ThreadPoolExecutor() as pool:  # hashing leaves the interpreter to the others
            yield from zip(names, pool.map(self._hash, names), strict=True)

    def put(self, sources: dict[str, Path]) -> None:
        for name, source in sources.items():
            target = self._at(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = self.path / f".{name}.part"  # not among the objects, whatever happens here
            try:
                shutil.copyfile(source, beside)
                beside.replace(target)
            finally:
                beside.unlink(missing_ok=True)

    def _at(self, name: str) -> Path:
        return self.path / objects.path(name)

    def _hash(self, name: str) -> str:
        try:
            return objects.md5(self._at(name))
        except OSError:  # a bad sector
            return ""


def _entries(folder: Path | os.DirEntry, is_dir: bool = False) -> list[os.DirEntry]:
    """What is in a folder, by one question to the system; nothing where there is no such folder."""
    if not Path(folder).is_dir():
        return []
    with os.scandir(folder) as found:
        return [entry for entry in found if entry.is_dir() == is_dir]
