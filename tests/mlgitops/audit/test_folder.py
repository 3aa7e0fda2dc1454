"""Everything that the commit names is in the remote, whole; real DVC pushes it, and what is harmed is named."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mlgitops.audit import audit, gate
from mlgitops.audit.wanted import named
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from tests.repositories import STORAGE_CONFIG, commit

YAML = """
stages:
  train:
    cmd:
      - mkdir model && cat data/raw/* > model/m && echo 1 > model/n
      - echo {} > m.json && echo x > log && echo y > own
    deps: [data/raw]
    outs: [model, {log: {push: false}}, {own: {remote: other}}]
    metrics: [{m.json: {cache: false}}]
"""
OTHER = "['remote \"other\"']\n    url = ../../other\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stage and a tracked folder, all of it pushed to where the storage branch would be."""
    repository = Repository(tmp_path_factory.mktemp("audit") / "work")
    repository.root.mkdir()
    repository.git("init", "--quiet")
    files = {f"data/raw/{name}": f"{name}\n" for name in "abc"} | {"dvc.yaml": YAML}
    for name, text in (
        files | {".dvc/config": STORAGE_CONFIG + OTHER, ".dvc/.gitignore": "/storage\n/cache\n"}
    ).items():
        (repository.root / name).parent.mkdir(parents=True, exist_ok=True)
        (repository.root / name).write_text(text)
    for arguments in (["add", "data/raw"], ["repro"], ["push"]):
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(
            ["dvc", *arguments], cwd=repository.root, check=True, capture_output=True, env=os.environ | {"PATH": path}
        )
    return repository.root.parent


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Repository:
    project = Repository(shutil.copytree(made, tmp_path / "copy") / "work")
    commit(project, {}, "Train")
    return project


def held(project: Repository, path: str) -> Path:
    """The remote's object of a file of the working tree."""
    return at(project, hashlib.md5((project.root / path).read_bytes()).hexdigest())


def listing(project: Repository, path: str) -> Path:
    """The remote's object of a folder."""
    return at(project, named(project)[""][path].md5)


def at(project: Repository, md5: str) -> Path:
    found = project.root / ".dvc/storage/files/md5" / md5[:2] / md5[2:]
    found.chmod(0o644)
    return found


def found(project: Repository, deep: bool = False) -> list[tuple[str, str]]:
    return [(lost.path, lost.problem) for lost in audit(project, deep=deep).lost]


def test_what_was_pushed_is_there(project: Repository) -> None:
    report = audit(project)
    assert (report.remote, report.is_listed, report.lost) == ("storage, other", True, [])
    assert report.objects == 1 + 2 + 1 + 3 + 1  # two listings and their members, and an output elsewhere
    assert audit(project, deep=True) == report


def test_what_is_missing_is_named(project: Repository) -> None:
    held(project, "data/raw/b").unlink()
    held(project, "model/n").unlink()
    assert found(project) == [("model/n", "missing"), ("data/raw/b", "missing")]


def test_a_listing_that_is_missing_does_not_hide_its_members(project: Repository) -> None:
    listing(project, "data/raw").unlink()
    held(project, "data/raw/c").unlink()
    assert found(project) == [("data/raw", "missing"), ("data/raw/c", "missing")]


def test_a_truncated_object_and_a_harmed_listing_are_named_by_their_output(project: Repository) -> None:
    held(project, "data/raw/b").write_text("")
    listing(project, "model").write_text("[]")
    assert found(project) == [("model", "size"), ("data/raw", "size")]
    assert found(project, deep=True) == [("model", "hash"), ("data/raw/b", "hash")]


def test_other_bytes_of_the_same_size_are_seen_by_their_hash(project: Repository) -> None:
    held(project, "data/raw/b").write_text("B\n")
    assert found(project) == []
    assert found(project, deep=True) == [("data/raw/b", "hash")]


def test_an_output_with_a_remote_of_its_own_is_looked_for_there(project: Repository) -> None:
    shutil.rmtree(project.root / "../other/files")
    assert found(project) == [("own", "missing")]


def test_a_folder_of_this_machine_is_listed_too(project: Repository, tmp_path: Path) -> None:
    shutil.move(project.root / ".dvc/storage/files", tmp_path / "store" / "files")
    config = project.root / ".dvc/config"
    config.write_text(config.read_text().replace("url = storage", f"url = {tmp_path / 'store'}"))
    assert audit(project).lost == [] and audit(project).is_listed
    config.write_text(config.read_text().replace(f"{tmp_path / 'store'}", "../../../store"))
    assert audit(project).lost == []
    shutil.rmtree(tmp_path / "store")
    with pytest.raises(CannotCheck, match="storage"):
        audit(project)


def test_a_remote_that_is_not_set_is_not_listed(project: Repository) -> None:
    (project.root / ".dvc/config").write_text("")
    with pytest.raises(CannotCheck, match="none is set"):
        audit(project)
    report = gate.audit(project, "HEAD")
    assert (report.remote, report.is_listed, report.objects) == ("", False, 0)


def test_where_nothing_is_named_or_attached_there_is_no_audit(project: Repository) -> None:
    shutil.rmtree(project.root / ".dvc/storage")
    assert audit(project) is None
    for path in ("dvc.lock", "data/raw.dvc"):
        (project.root / path).unlink()
    (project.root / ".dvc/storage").mkdir()
    assert audit(project, None) is None and audit(project).lost


def test_what_was_imported_stays_where_it_came_from(project: Repository) -> None:
    tracked = project.root / "data/raw.dvc"
    tracked.write_text("deps:\n- path: x\n  repo: {url: https://example.com/x}\n" + tracked.read_text())
    held(project, "data/raw/b").unlink()
    commit(project, {}, "Import it")
    assert found(project) == []


def test_variables_of_dvc_yaml_are_any_text(project: Repository) -> None:
    held(project, "model/n").unlink()
    yaml = "stages: {train: {foreach: [a], do: {cmd: x, outs: [{'m${item}l': {cache: false}}]}}}\n"
    commit(project, {"dvc.yaml": yaml}, "Make a stage of many")
    assert [path for path, _ in found(project)] == ["log", "m.json", "own"]
