"""The tracked files of two sides, a folder's members each on its own, and where their bytes are."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from mlgitops.compare import baseline
from mlgitops.errors import Problem
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out

FETCHED = 500_000_000  # bytes of a file that is not here, at most
COMPARED = 1_000_000_000  # bytes of all files that are compared row by row: half a minute


@dataclass(frozen=True)
class File:
    """path: below the root. size: bytes, None where only those of its folder are known. likely: then the average."""

    path: str
    md5: str
    size: int | None
    likely: int


@dataclass(frozen=True, kw_only=True)
class Side:
    """commit: at which DVC is asked for what is not here. is_here: the working tree belongs to it."""

    commit: str
    is_here: bool


class Shelf:
    """Hands out the files of either side: from this machine, or fetched into `folder` while the remote answers."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        self.repository, self.folder = repository, folder
        self.left, self.answers = COMPARED, True

    def files(self, path: str, out: Out, side: Side) -> dict[str, File] | None:
        """Path → File of what is tracked at `path`; None for a folder whose listing can't be had."""
        if not out.md5.endswith(".dir"):
            return {path: File(path, out.md5, out.size, out.size)}
        listing = self._here(out) or self._asked(lambda: baseline.listing(self.repository, path, side.commit))
        if listing is None:
            return None
        likely = out.size // max(1, len(listing))
        return {f"{path}/{name}": File(f"{path}/{name}", md5, None, likely) for name, md5 in listing.items()}

    def find(self, file: File, side: Side) -> Path | None:
        """Where the bytes are on this machine; what lies in the working tree must have the file's md5."""
        found = objects.locate(self.repository, file.md5)
        if found is None and side.is_here:
            working = self.repository.root / file.path
            found = working if working.is_file() and objects.md5(working) == file.md5 else None
        return found

    def fetch(self, file: File, side: Side) -> Path | None:
        """The same, by DVC where this machine does not have them and they are few enough."""
        found = self.find(file, side)
        if found or file.likely > min(FETCHED, self.left):
            return found
        place = Path(tempfile.mkdtemp(dir=self.folder))
        out = Out(path=file.path, md5=file.md5, size=file.likely)
        fetched = self._asked(lambda: baseline.fetch(self.repository, out, side.commit, place))
        return fetched if fetched and objects.md5(fetched) == file.md5 else None

    def affords(self, *paths: Path) -> bool:
        """Whether these are still to be compared row by row, after all that were before."""
        size = sum(path.stat().st_size for path in paths)
        if size > self.left:
            return False
        self.left -= size
        return True

    def _here(self, out: Out) -> dict[str, str] | None:
        try:
            return objects.members(self.repository, out)
        except (ValueError, KeyError, TypeError):  # a listing that is not one
            return None

    def _asked(self, question):
        """What the remote answers; after a first failure it is not asked again."""
        try:
            return question() if self.answers else None
        except Problem:
            self.answers = False
            return None
