"""A disk fills up while a model is trained, stored or compared: red with one line, and green once there is room."""

import shutil
from pathlib import Path

import pytest

from tests.faults.conftest import Disk
from tests.mlgitops.compare.project import Project

pytestmark = pytest.mark.slow

TOO_LITTLE = 20_000  # bytes; the predictions are larger


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A trained model in its remote, the folder `store`; the parameters have changed since."""
    made = Project(tmp_path / "work")
    made.root.mkdir()
    made.create()
    made.must("dvc", "remote", "add", "--quiet", "--default", "store", str(tmp_path / "store"))
    made.must("dvc", "push", "--quiet")
    made.write("params.yaml", "train: {noise: 0.2, seed: 0}\nfirst: 0\n")
    return made


def failed(project: Project, *command: str, exit_code: int, **variables: str) -> str:
    """The one line that a verb ends with."""
    done = project.run("mlgitops", *command, **variables)
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert done.stderr.startswith("mlgitops: ") and done.stderr.count("\n") == 1
    return done.stderr


def whole(project: Project) -> bool:
    """Whether all that was trained is in the remote, by its bytes."""
    project.must("mlgitops", "train")
    project.commit()
    return "3 objects whole in store (re-hashed)" in project.must("mlgitops", "audit", "--deep")


@pytest.mark.fault("disk full in the cache", "`mlgitops train` says so, exit 1; with room, it trains and stores all")
def test_in_the_cache(project: Project, disk: Disk) -> None:
    shutil.move(project.root / ".dvc/cache", disk.path / "cache")
    (project.root / ".dvc/cache").symlink_to(disk.path / "cache")
    disk.fill(leave=TOO_LITTLE)
    assert "No space left on device" in failed(project, "train", exit_code=1)
    assert project.must("git", "status", "--porcelain", "dvc.lock") == ""
    disk.make_room()
    assert whole(project)


@pytest.mark.fault("disk full in the remote", "`mlgitops train` says so, exit 1, and what is half-written is no object")
def test_in_the_remote(project: Project, disk: Disk) -> None:
    shutil.move(project.root.parent / "store", disk.path / "store")
    (project.root.parent / "store").symlink_to(disk.path / "store")
    disk.fill(leave=TOO_LITTLE)
    assert "No space left on device" in failed(project, "train", exit_code=1)
    project.commit()
    assert "1 of 3 objects missing or harmed in store" in failed_audit(project)
    disk.make_room()
    assert whole(project)


@pytest.mark.fault("disk full in the remote", "`mlgitops audit --repair` says so, exit 2; with room, it mends")
def test_in_the_remote_that_is_mended(project: Project, disk: Disk) -> None:
    project.must("mlgitops", "train")
    project.commit()
    (project.root.parent / "store").rename(project.root.parent / "old")
    (disk.path / "store").mkdir()
    (project.root.parent / "store").symlink_to(disk.path / "store")
    disk.fill(leave=TOO_LITTLE)
    assert "No space left on device" in failed_audit(project, "--repair", exit_code=2)
    disk.make_room()
    project.must("mlgitops", "audit", "--repair")
    assert whole(project) and not list(disk.path.rglob("*.part"))


@pytest.mark.fault("disk full in the temporary folder", "one line and exit 2; with room, the command does its work")
def test_in_the_temporary_folder(project: Project, disk: Disk) -> None:
    project.must("mlgitops", "train")
    project.commit()
    disk.fill(leave=TOO_LITTLE)  # the base's predictions are copied there
    line = failed(project, "compare", "--base", "main", exit_code=2, TMPDIR=str(disk.path))
    assert line.startswith("mlgitops: The disk is full: ") and str(disk.path) in line
    disk.make_room()
    assert "ready" in project.run("mlgitops", "compare", "--base", "main", TMPDIR=str(disk.path)).stdout


def failed_audit(project: Project, *options: str, exit_code: int = 1) -> str:
    done = project.run("mlgitops", "audit", *options)
    assert done.returncode == exit_code and "Traceback" not in done.stderr, done.stdout + done.stderr
    return done.stderr
