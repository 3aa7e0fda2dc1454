"""Everything that the commit names is in the remote, whole; real DVC pushes it, and what is harmed is named."""

import hashlib
import shutil
from pathlib import Path

import pytest

from mlgitops.audit import audit, gate
from mlgitops.audit.wanted import named
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from tests.mlgitops.audit.remotes import path
from tests.repositories import WorkingTree, commit


@pytest.fixture
def project(tree: WorkingTree) -> Repository:
    return tree.repository


def held(project: Repository, path: str) -> Path:
    """The remote's object of a file of the working tree."""
    return at(project, hashlib.md5((project.root / path).read_bytes()).hexdigest())


def listing(project: Repository, path: str) -> Path:
    """The remote's object of a folder."""
    return at(project, named(project)[""][path].md5)


def at(project: Repository, md5: str) -> Path:
    found = project.root.parent / "store" / path(md5)
    found.chmod(0o644)
    return found


def found(project: Repository, deep: bool = False) -> list[tuple[str, str]]:
    return [(lost.path, lost.problem) for lost in audit(project, deep=deep).lost]


def test_what_was_pushed_is_there(project: Repository) -> None:
    report = audit(project)
    assert (report.remote, report.is_listed, report.lost) == ("main, other", True, [])
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


def test_an_address_that_is_not_relative_is_taken_as_it_is(project: Repository, tmp_path: Path) -> None:
    shutil.move(project.root.parent / "store", tmp_path / "elsewhere")
    with pytest.raises(CannotCheck, match="main"):
        audit(project)
    (project.root / ".dvc/config.local").write_text(f"['remote \"main\"']\n    url = {tmp_path / 'elsewhere'}\n")
    assert audit(project).lost == []


def test_a_remote_that_is_not_set_is_not_listed(project: Repository) -> None:
    (project.root / ".dvc/config").write_text("")
    with pytest.raises(CannotCheck, match="no remote is set"):
        audit(project)
    report = gate.audit(project, "HEAD")
    assert (report.remote, report.is_listed, report.objects) == ("", False, 0)


def test_where_nothing_is_named_there_is_no_audit(project: Repository) -> None:
    for name in ("dvc.lock", "data/raw.dvc"):
        (project.root / name).unlink()
    assert audit(project, None) is None and gate.audit(project, None) is None
    assert audit(project)


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
