"""DVC's objects on this machine: files named by their md5, in its cache and in the storage branch's worktree."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out

FOLDER = "files/md5"  # where DVC 3 keeps them, in each remote
NAME = re.compile(r"files/md5/([0-9a-f]{2})/([0-9a-f]{30})(\.dir)?")  # of an object, in any remote
PLACES = (".dvc/cache", ".dvc/storage")


def path(name: str) -> str:
    """Where an object is, below a cache or a remote."""
    return f"{FOLDER}/{name[:2]}/{name[2:]}"


def locate(repository: Repository, name: str) -> Path | None:
    """Where an object lies, unread; None where this machine does not have it."""
    return next(copies(repository, name), None)


def copies(repository: Repository, name: str) -> Iterator[Path]:
    """Wherever an object lies, unread."""
    files = (repository.root / place / path(name) for place in PLACES)
    return (file for file in files if file.is_file())


def members(repository: Repository, out: Out) -> dict[str, str]:
    """Path → md5 of the files of an output, below it (a single file's is `.`); empty where they are not known."""
    if not out.md5.endswith(".dir"):
        return {".": out.md5}
    listing = locate(repository, out.md5)
    return {entry["relpath"]: entry["md5"] for entry in json.loads(listing.read_bytes())} if listing else {}


def copy(repository: Repository, out: Out, target: Path) -> bool:
    """Put an output at `target`; False, with nothing there, unless all of it is on this machine and unharmed."""
    sources = {}
    for name, expected in members(repository, out).items():
        source, place = locate(repository, expected), target / name
        if source is None or md5(source) != expected or not place.resolve().is_relative_to(target.resolve()):
            return False
        sources[place] = source
    for place, source in sources.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    return bool(sources)


def md5(path: Path) -> str:
    """A file's md5, by which DVC names it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
