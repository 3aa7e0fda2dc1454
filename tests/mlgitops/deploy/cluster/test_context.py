"""What an image is built from: all of it committed, proven, and the same each time."""

import json
import os
import time
from pathlib import Path

import pytest

from mlgitops.deploy.cluster.context import make
from mlgitops.environments.desired import NothingRegistered
from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.versions import bundle
from tests.mlgitops.deploy.cluster.conftest import push
from tests.repositories import commit

pytestmark = pytest.mark.slow


def contents(folder: Path) -> dict[str, tuple]:
    """Path → mode, time and bytes."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [folder, *folder.rglob("*")]
    }


def test_it_holds_the_code_the_bundles_and_the_state_as_committed(cluster, tmp_path):
    (cluster.repository.root / "src" / "flights" / "service" / "app.py").write_text("not committed")
    made = make(cluster.repository, "production", tmp_path / "image").folder
    assert {path.name for path in made.iterdir()} == {
        *("Dockerfile", "code", "bundles", "state", "requirements.lock", "serve.txt")
    }
    assert b"Litestar" in (made / "code" / "flights" / "service" / "app.py").read_bytes()
    assert (
        "litestar\n" in (made / "serve.txt").read_text()
        and "great-expectations" not in (made / "serve.txt").read_text()
    )
    state = json.loads((made / "state" / "serving.json").read_bytes())
    assert state["commit"] == cluster.repository.rev_parse("HEAD")
    (version, model), *others = state["models"].items()
    assert (version, others) == ("late-arrival@v0.1.0", [])
    assert bundle.digest(made / "state" / model["bundle"]) == model["digest"]


def test_the_same_commit_gives_the_same_bytes_at_any_time_and_place(cluster, tmp_path, clone):
    one = make(cluster.repository, "production", tmp_path / "image")
    first, key = contents(one.folder), one.key
    time.sleep(0.01)
    previous = os.umask(0o077)
    try:
        other = make(clone("other"), "production", tmp_path / "elsewhere" / "image")
    finally:
        os.umask(previous)
    assert contents(other.folder) == first and other.key == key


def test_its_key_is_of_what_it_holds_and_not_of_the_commit(cluster, tmp_path):
    def key() -> str:
        return make(cluster.repository, "production", tmp_path / "image").key

    before = key()
    push(cluster.repository, {"NEWS.md": "Nothing of the service.\n"})
    assert key() == before
    app = cluster.repository.root / "src" / "flights" / "service" / "app.py"
    push(cluster.repository, {"src/flights/service/app.py": app.read_text() + "# changed\n"})
    assert key() != before


def test_a_folder_of_an_earlier_time_is_replaced_whole(cluster, tmp_path):
    (tmp_path / "image" / "bundles" / "old").mkdir(parents=True)
    made = make(cluster.repository, "production", tmp_path / "image").folder
    assert not (made / "bundles" / "old").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_version_that_is_not_registered_leaves_what_was_there(cluster, tmp_path):
    made = make(cluster.repository, "production", tmp_path / "image")
    before = contents(made.folder)
    cluster.want("production", "late-arrival@v9.0.0")
    with pytest.raises(CheckFailed, match=r"late-arrival@v9\.0\.0"):
        make(cluster.repository, "production", tmp_path / "image")
    assert contents(made.folder) == before


def test_what_is_missing_is_named(team, tmp_path):
    with pytest.raises(NothingRegistered):
        make(team.repository, "staging", tmp_path / "image")
    team.package(1.0)
    with pytest.raises(CannotCheck, match="deploy/Dockerfile"):
        make(team.repository, "staging", tmp_path / "image")


def test_two_models_in_one_image(cluster, tmp_path):
    second = cluster.package(2.0)
    environment = (cluster.repository.root / "environments" / "production.yaml").read_text()
    routes = "- {model: late-arrival@v0.1.0, weight: 90}\n    - {model: " + second + ", weight: 10}"
    text = environment.replace("- model: late-arrival@v0.1.0\n      weight: 100", routes)
    assert second in text
    commit(cluster.repository, {"environments/production.yaml": text})
    made = make(cluster.repository, "production", tmp_path / "image").folder
    assert len(list((made / "bundles").iterdir())) == 2


def test_nothing_of_the_repository_is_changed(cluster, tmp_path):
    make(cluster.repository, "production", tmp_path / "image")
    assert Repository(cluster.repository.root).git("status", "--porcelain") == ""
