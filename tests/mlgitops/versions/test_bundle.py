"""A bundle's digest is DVC's, and a bundle that is not what its tag says is never kept."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.versions import bundle
from tests.repositories import commit

pytestmark = pytest.mark.slow

FILES = {"model.onnx": b"\x00\x01", "signature.json": b"{}", "ä b/x": b"", "a/b": b"1", "a-b": b"2", "a.b": b"3"}


@pytest.fixture
def tracked(tmp_path: Path) -> tuple[Repository, Path]:
    """A DVC repository with a tracked folder of awkward names, in a remote."""
    root = tmp_path / "work"
    folder = root / "models" / "m"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    remote = f"dvc remote add -q -d storage {tmp_path}/remote"
    for command in ("git init -q", "dvc init -q", remote, "dvc add -q models/m", "dvc push -q"):
        subprocess.run(command.split(), cwd=root, check=True)
    repository = Repository(root)
    commit(repository, {})
    return repository, folder


def test_the_digest_is_that_of_dvc(tracked):
    repository, folder = tracked
    (out,) = yaml.safe_load((repository.root / "models" / "m.dvc").read_text())["outs"]
    assert bundle.digest(folder) == "md5:" + out["md5"].removesuffix(".dir")


def test_a_fetched_bundle_is_kept_under_its_digest(tracked, tmp_path):
    repository, folder = tracked
    expected = bundle.digest(folder)
    place = bundle.fetch(repository, path="models/m", rev="HEAD", expected=expected, folder=tmp_path / "bundles")
    assert place == tmp_path / "bundles" / expected.removeprefix("md5:")
    assert {
        file.relative_to(place).as_posix(): file.read_bytes() for file in place.rglob("*") if file.is_file()
    } == FILES


def test_a_bundle_that_was_damaged_here_is_fetched_again(tracked, tmp_path):
    repository, folder = tracked
    where = {"path": "models/m", "rev": "HEAD", "expected": bundle.digest(folder), "folder": tmp_path / "bundles"}
    place = bundle.fetch(repository, **where)
    (place / "model.onnx").write_bytes(b"bad")
    assert bundle.digest(bundle.fetch(repository, **where)) == where["expected"]


def test_other_bytes_than_registered_are_refused_and_not_kept(tracked, tmp_path):
    repository, _ = tracked
    with pytest.raises(CheckFailed, match="not the registered one"):
        bundle.fetch(repository, path="models/m", rev="HEAD", expected="md5:" + "0" * 32, folder=tmp_path / "bundles")
    assert not list((tmp_path / "bundles").iterdir())


def test_what_only_the_cache_here_has_is_not_had(tracked, tmp_path):
    repository, folder = tracked
    shutil.rmtree(tmp_path / "remote")
    with pytest.raises(CheckFailed, match="Run dvc push on the machine that trained it"):
        bundle.fetch(
            repository, path="models/m", rev="HEAD", expected=bundle.digest(folder), folder=tmp_path / "bundles"
        )


def test_what_the_remote_lacks_is_said(tracked, tmp_path):
    repository, _ = tracked
    with pytest.raises(CheckFailed, match=r"models/none of HEAD can't be fetched"):
        bundle.fetch(repository, path="models/none", rev="HEAD", expected="md5:0", folder=tmp_path / "bundles")
