import pytest

from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, pipeline_inputs
from tests.repositories import commit

LOCK = """
schema: '2.0'
stages:
  package:
    cmd: python -m x.package
    outs:
    - path: models/late-arrival
      hash: md5
      md5: 0123456789abcdef0123456789abcdef.dir
      size: 42
      nfiles: 6
"""
YAML = "stages:\n  package:\n    cmd: python -m x.package\n    deps: [src/x/package.py, data/raw]\n"
RAW = "outs:\n- md5: ffffffffffffffffffffffffffffffff.dir\n  size: 7\n  nfiles: 1\n  hash: md5\n  path: raw\n"


def test_outputs_and_data_are_read_at_a_revision_and_in_the_working_tree(repository: Repository) -> None:
    commit(repository, {"dvc.lock": LOCK, "data/raw.dvc": RAW})
    (repository.root / "dvc.lock").write_text("stages: {}\n")
    committed, working = Lock.read(repository, "HEAD"), Lock.read(repository)
    assert committed.outs["models/late-arrival"].digest == "md5:0123456789abcdef0123456789abcdef"
    assert committed.outs["models/late-arrival"].nfiles == 6
    assert committed.data["data/raw"].size == 7
    assert working.outs == {}


def test_nothing_recorded_is_an_empty_lock(repository: Repository) -> None:
    assert Lock.read(repository, "HEAD") == Lock({}, {})


def test_a_broken_file_is_named_with_its_line(repository: Repository) -> None:
    (repository.root / "dvc.lock").write_text("stages:\n  a: [1\n  b: 2\n")
    with pytest.raises(CannotCheck, match=r"dvc\.lock:\d is not YAML"):
        Lock.read(repository)


def test_inputs_are_what_the_stages_name_and_what_configures_them(repository: Repository) -> None:
    commit(repository, {"dvc.yaml": YAML, "data/raw.dvc": RAW})
    found = pipeline_inputs(repository, "HEAD")
    assert {"src/x/package.py", "data/raw", "data/raw.dvc", "params.yaml", "requirements.lock"} <= found
    assert "README.md" not in found
