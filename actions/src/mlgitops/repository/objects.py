"""DVC's objects on this machine: files named by their md5, in its cache and in the storage branch's worktree."""

import hashlib
import json
import shutil
from pathlib import Path

from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out

PLACES = (".dvc/cache", ".dvc/storage")


def locate(repository: Repository, md5: str) -> Path | None:
    """Where an object lies, unread; None where this machine does not have it."""
    paths = (repository.root / place / "files" / "md5" / md5[:2] / md5[2:] for place in PLACES)
    return next((path for path in paths if path.is_file()), None)


def members(repository: Repository, out: Out) -> dict[str, str]:
    """Path → md5 of the files of an output, below it (a single file's is `.`); empty where they are not known."""
    if not out.md5.endswith(".dir"):
        return {".": out.md5}
    listing = locate(repository, out.md5)
    return {entry["relpath"]: entry["md5"] for entry in json.loads(listing.read_bytes())} if listing else {}


def copy(repository: Repository, out: Out, target: Path) -> bool:
    """Put an output at `target`; False, with nothing there, unless all of it is on this machine and unharmed."""
    found = {target / name: locate(repository, md5) for name, md5 in members(repository, out).items()}
    wanted = members(repository, out).values()
    whole = all(path and _md5(path) == md5 for path, md5 in zip(found.values(), wanted, strict=True))
    if not found or not whole or any(not place.resolve().is_relative_to(target.resolve()) for place in found):
        return False
    for place, source in found.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    return True


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
