"""DVC's objects on this machine: used where they are whole, and never where they are not."""

import hashlib
import json
from pathlib import Path

import pytest

from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out


def stored(root: Path, content: bytes, place: str = ".dvc/cache", suffix: str = "") -> str:
    md5 = hashlib.md5(content).hexdigest() + suffix
    path = root / place / "files" / "md5" / md5[:2] / md5[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return md5


def folder(root: Path, files: dict[str, bytes], place: str = ".dvc/cache") -> Out:
    listing = [{"md5": stored(root, content, place), "relpath": name} for name, content in files.items()]
    return Out(path="models/m", md5=stored(root, json.dumps(listing).encode(), place, ".dir"), size=0)


@pytest.mark.parametrize("place", objects.PLACES)
def test_a_file_and_a_folder_are_copied(tmp_path: Path, place: str) -> None:
    repository = Repository(tmp_path)
    file = Out(path="reports/p", md5=stored(tmp_path, b"rows", place), size=4)
    assert objects.copy(repository, file, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"rows"
    assert objects.copy(repository, folder(tmp_path, {"a": b"1", "deep/b": b"2"}, place), tmp_path / "folder")
    assert (tmp_path / "folder" / "deep" / "b").read_bytes() == b"2"


def test_what_is_not_whole_is_not_taken(tmp_path: Path) -> None:
    repository, out = Repository(tmp_path), folder(tmp_path, {"a": b"1", "b": b"2"})
    path = objects.locate(repository, hashlib.md5(b"2").hexdigest())
    path.write_bytes(b"3")
    assert not objects.copy(repository, out, tmp_path / "flipped")
    path.unlink()
    assert not objects.copy(repository, out, tmp_path / "missing")
    assert not objects.copy(repository, Out(path="x", md5="0" * 32 + ".dir", size=0), tmp_path / "unknown")
    assert not list(tmp_path.glob("[!.]*"))


def test_a_listing_that_leaves_its_folder_is_not_followed(tmp_path: Path) -> None:
    out = folder(tmp_path, {"../outside": b"1"})
    assert not objects.copy(Repository(tmp_path), out, tmp_path / "target")
    assert not (tmp_path / "outside").exists()
