"""What a folder of DVC's holds, also where this machine never had it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.listing import members
from mlgitops.repository.lock import Lock
from tests.repositories import commit

pytestmark = pytest.mark.slow


@pytest.fixture
def tracked(tmp_path: Path) -> Repository:
    """A folder in a remote that is no storage branch, with an empty cache here."""
    root = tmp_path / "work"
    for name in ("raw/ä b/x", "raw/y"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    remote = f"dvc remote add -q -d far {tmp_path}/far"
    for command in ("git init -q", "dvc init -q", remote, "dvc add -q raw", "dvc push -q"):
        subprocess.run(command.split(), cwd=root, check=True)
    commit(Repository(root), {})
    shutil.rmtree(root / ".dvc/cache")
    return Repository(root)


def test_the_remote_is_asked_for_the_listing(tracked: Repository) -> None:
    out = Lock.read(tracked, "HEAD").data["raw"]
    expected = {name: objects.md5(tracked.root / "raw" / name) for name in ("ä b/x", "y")}
    assert members(tracked, "HEAD", out) == expected


def test_a_listing_that_nobody_has(tracked: Repository, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "far")
    assert members(tracked, "HEAD", Lock.read(tracked, "HEAD").data["raw"]) == {}
