"""A `git push` in a generated repository stores the data before the commits that name it."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.repositories import WorkingTree
from tests.template import ROOT, bake

pytestmark = pytest.mark.slow

DATA = b"a month of flights\n"
MD5 = hashlib.md5(DATA).hexdigest()
OBJECT = f"files/md5/{MD5[:2]}/{MD5[2:]}"


@pytest.fixture
def project(tmp_path: Path) -> WorkingTree:
    """Its environments are this one; its hooks are installed as make setup does it; its origin is bare and empty."""
    made = WorkingTree(bake(tmp_path))
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "origin.git"], check=True)
    for name in (".venv", ".venv-actions"):
        (made.root / name).symlink_to(ROOT / ".venv")
    made.must("git", "init", "--quiet", "--initial-branch", "main")
    made.must("git", "remote", "add", "origin", f"file://{tmp_path / 'origin.git'}")
    made.must("mlgitops", "storage", "attach")
    made.must("pre-commit", "install", "--hook-type", "pre-push")
    made.write("data/raw/2013-01.parquet", DATA.decode())
    made.must("dvc", "add", "--quiet", "data/raw")
    made.commit("Track the data")
    return made


def at_origin(project: WorkingTree) -> dict[str, str]:
    """Branch → commit."""
    lines = project.must("git", "ls-remote", "--heads", "origin").splitlines()
    return {ref.removeprefix("refs/heads/"): commit for commit, ref in map(str.split, lines)}


def test_the_data_is_stored_with_the_code(project: WorkingTree) -> None:
    project.must("git", "push", "--quiet", "origin", "main")
    assert set(at_origin(project)) == {"main", "dvc-storage"}
    project.must("git", "fetch", "--quiet", "origin", "dvc-storage")
    assert project.must("git", "show", f"FETCH_HEAD:{OBJECT}").encode() == DATA
    assert "2 objects whole in storage (re-hashed)" in project.must("mlgitops", "audit", "--deep")


def test_data_that_cannot_be_stored_keeps_the_code_back(project: WorkingTree) -> None:
    cached = project.root / ".dvc/cache" / OBJECT
    cached.chmod(0o644)
    cached.write_bytes(DATA.upper())
    cached.chmod(0o444)
    done = project.run("git", "push", "--quiet", "origin", "main")
    assert done.returncode and "An object is not what its name says" in done.stdout + done.stderr
    assert not at_origin(project)
