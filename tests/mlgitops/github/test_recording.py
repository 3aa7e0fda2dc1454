import hashlib
import json
from pathlib import Path

import pytest
import yaml

from mlgitops.errors import CheckFailed
from mlgitops.github import recording
from mlgitops.github.recording import Recording, accept, pack
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage
from tests.repositories import commit

METRICS = '{"roc_auc": 0.75}\n'
YAML = "stages:\n  evaluate:\n    cmd: x\n    metrics: [{reports/metrics.json: {cache: false}}]\n    outs: [model]\n"


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def lock(metrics: str = METRICS) -> str:
    outs = [{"path": "reports/metrics.json", "md5": md5(metrics.encode())}, {"path": "model", "md5": md5(b"model")}]
    return yaml.safe_dump({"stages": {"evaluate": {"outs": outs}}})


def object_name(data: bytes) -> str:
    return f"files/md5/{md5(data)[:2]}/{md5(data)[2:]}"


@pytest.fixture
def trained(repository: Repository) -> Repository:
    """A repository in which a run has just made a lock, metrics and one object, none of them committed."""
    commit(repository, {"dvc.yaml": YAML})
    store = Storage(repository)
    store.attach()
    (repository.root / "dvc.lock").write_text(lock())
    (repository.root / "reports").mkdir()
    (repository.root / "reports/metrics.json").write_text(METRICS)
    target = store.path / object_name(b"model")
    target.parent.mkdir(parents=True)
    target.write_bytes(b"model")
    return repository


def test_a_run_is_carried_over_whole(trained: Repository, tmp_path: Path) -> None:
    (trained.root / "stray.json").write_text("{}")
    packed = pack(trained, tmp_path / "recording")
    assert packed.files() == {"dvc.lock": lock().encode(), "reports/metrics.json": METRICS.encode()}
    assert list(packed.objects()) == [object_name(b"model")]


def test_a_folder_kept_in_git_is_carried_and_vouched_for_as_a_whole(trained: Repository, tmp_path: Path) -> None:
    plots = {"reports/plots/roc.csv": "x,y\n0,1\n", "reports/plots/pr.csv": "x,y\n"}
    commit(
        trained, {"dvc.yaml": YAML.replace("outs: [model]", "outs: [model, {reports/plots: {cache: false}}]"), **plots}
    )
    listing = [{"md5": md5(text.encode()), "relpath": Path(name).name} for name, text in sorted(plots.items())]
    outs = yaml.safe_load(lock())["stages"]["evaluate"]["outs"]
    outs.append({"path": "reports/plots", "md5": md5(json.dumps(listing).encode()) + ".dir"})
    (trained.root / "dvc.lock").write_text(yaml.safe_dump({"stages": {"evaluate": {"outs": outs}}}))
    packed = pack(trained, tmp_path / "recording")
    assert set(plots) <= set(packed.files())
    (packed.folder / "git/reports/plots/more.csv").write_text("forged\n")
    with pytest.raises(CheckFailed, match="does not vouch for"):
        packed.files()


def test_nothing_is_packed_where_the_lock_is_the_committed_one(trained: Repository, tmp_path: Path) -> None:
    commit(trained, {})
    assert pack(trained, tmp_path / "recording").files() == {}


def test_accepted_objects_reach_the_branch(trained: Repository, clone, tmp_path: Path) -> None:
    trained.git("push", "--quiet", "origin", "HEAD:main")
    packed = pack(trained, tmp_path / "recording")
    job = clone("job", "--depth", "1", "--single-branch")
    assert accept(packed, Storage(job)) == 1
    assert (Storage(clone("other", "--single-branch")).repository.git("ls-remote", "origin")).count("dvc-storage") == 1
    assert accept(packed, Storage(job)) == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (object_name(b"model"), b"another model"),
        (object_name(b"model") + ".dir", b"[]"),
        ("runs/ab/abcd", b"run-cache"),
        (".gitattributes", b"* text"),
    ],
)
def test_a_forged_object_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    target = tmp_path / "objects" / name
    target.parent.mkdir(parents=True)
    target.write_bytes(data)
    with pytest.raises(CheckFailed, match="name is not its hash"):
        Recording(tmp_path).objects()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("reports/metrics.json", '{"roc_auc": 0.99}', "does not vouch for"),
        (".github/workflows/x.yml", "on: push", "does not vouch for"),
        ("src/x.py", "import os", "does not vouch for"),
        ("reports/metrics.json", '{"roc_auc": NaN}', "can't be read"),
        ("reports/metrics.json", "[" * 100_000, "can't be read"),
    ],
)
def test_a_forged_file_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    for path, content in {"dvc.lock": lock(text if said == "can't be read" else METRICS), name: text}.items():
        target = tmp_path / "git" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
    with pytest.raises(CheckFailed, match=said):
        Recording(tmp_path).files()


TWICE = "stages: {a: {outs: [{path: x, md5: a}]}}\nstages: {}\n"


@pytest.mark.parametrize(
    "content", ["[]", "stages: 1", "a: [", json.dumps({"stages": {"a": {"outs": [{}]}}}), "[" * 100_000, TWICE]
)
def test_a_lock_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "git").mkdir()
    (tmp_path / "git" / "dvc.lock").write_text(content)
    with pytest.raises(CheckFailed, match=r"dvc\.lock can't be read"):
        Recording(tmp_path).files()


def test_a_file_too_large_for_git_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_FILE", 3)
    (tmp_path / "git").mkdir()
    (tmp_path / "git" / "dvc.lock").write_text(lock())
    with pytest.raises(CheckFailed, match="too large for git: dvc.lock"):
        Recording(tmp_path).files()
