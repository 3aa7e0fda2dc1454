"""Small repositories with a bare origin, as real as git makes them."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgitops.repository.git import Repository
from tests.repositories import STORAGE_CONFIG, commit


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """dvc, gto and python are those beside this interpreter."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A bare repository."""
    path = tmp_path / "origin.git"
    Repository(tmp_path).git("init", "--quiet", "--bare", str(path))
    return path


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Callable[..., Repository]:
    """Make a clone of the origin under a name."""

    def make(name: str, *options: str) -> Repository:
        Repository(tmp_path).git("clone", "--quiet", *options, f"file://{origin}", str(tmp_path / name))
        return Repository(tmp_path / name)

    return make


@pytest.fixture
def repository(clone: Callable[..., Repository]) -> Repository:
    """A clone with one commit on main, pushed, whose DVC remote is the storage branch."""
    made = clone("work")
    commit(
        made, {"README.md": "# Work\n", ".dvc/config": STORAGE_CONFIG, ".dvc/.gitignore": "/storage\n/cache\n/tmp\n"}
    )
    made.git("push", "--quiet", "origin", "HEAD:main")
    return made
