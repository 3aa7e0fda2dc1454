"""What the cluster is told: a commit for each change, in the order of the merges, and nothing for none."""

import json
import subprocess

import pytest
import yaml

from mlgitops.deploy.cluster.branch import Branch
from mlgitops.deploy.cluster.run import image, manifests
from mlgitops.errors import CannotCheck, CheckFailed
from tests.mlgitops.deploy.cluster.conftest import push

pytestmark = pytest.mark.slow
FIRST, SECOND = "sha256:" + "1" * 64, "sha256:" + "2" * 64


@pytest.fixture
def deliver(cluster, tmp_path):
    """What the workflow does, with a digest for the image where one has to be built."""

    def step(digest: str, environment: str = "production") -> tuple[str, str]:
        folder = tmp_path / "build" / "image"
        found = image(cluster.repository, environment, folder)
        return manifests(cluster.repository, environment, folder, "" if found.built else digest)

    return step


def shown(cluster, path: str, environment: str = "production") -> bytes:
    branch = Branch.of(cluster.repository, environment)
    return branch.file(path)


def messages(cluster, environment: str = "production") -> list[str]:
    tip = Branch.of(cluster.repository, environment).tip
    return cluster.repository.git("log", "--format=%s", tip).splitlines()


def test_the_branch_holds_the_manifests_the_digest_and_the_state(cluster, deliver, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "My-Organisation/flights")
    result, image = deliver(FIRST)
    assert result == "written"
    name, _, digest = image.partition("@")
    assert name.startswith("ghcr.io/my-organisation/flights:production-") and digest == FIRST
    found = yaml.safe_load(shown(cluster, "kustomization.yaml"))
    assert found["images"] == [{"name": "models", "newName": "ghcr.io/my-organisation/flights", "digest": FIRST}]
    assert found["namespace"] == "flight-delays-production"
    assert list(json.loads(shown(cluster, "serving.json"))["models"]) == ["late-arrival@v0.1.0"]
    base = cluster.repository.show("HEAD", "deploy/kubernetes/base/deployment.yaml")
    assert shown(cluster, "deploy/kubernetes/base/deployment.yaml") == base
    assert messages(cluster) == ["Serve late-arrival@v0.1.0"]


def test_a_merge_that_changes_nothing_of_an_environment_changes_no_file(cluster, deliver):
    deliver(FIRST)
    before = Branch.of(cluster.repository, "production").tip
    push(cluster.repository, {"NEWS.md": "Nothing of the service.\n"})
    assert deliver(SECOND)[0] == deliver(SECOND)[0] == "unchanged"
    assert messages(cluster) == ["Keep late-arrival@v0.1.0", "Serve late-arrival@v0.1.0"]
    assert cluster.repository.changed(before, Branch.of(cluster.repository, "production").tip) == []


def test_what_failed_and_was_reverted_does_not_come_when_it_is_run_again(cluster, deliver):
    _, first = deliver(FIRST)
    cluster.package(2.0)
    cluster.want("production", "late-arrival@v0.1.1", after="staging")
    push(cluster.repository)
    failed = cluster.repository.rev_parse("HEAD")
    cluster.repository.git("revert", "--no-edit", "HEAD~1")
    push(cluster.repository)
    assert deliver(SECOND) == ("unchanged", first)
    cluster.repository.git("checkout", "--quiet", failed)
    assert deliver(SECOND) == ("older", first)


def test_a_change_of_the_manifests_alone_keeps_image_and_state(cluster, deliver):
    _, first = deliver(FIRST)
    state = shown(cluster, "serving.json")
    path = "deploy/kubernetes/overlays/production/autoscaler.yaml"
    text = cluster.repository.show("HEAD", path).decode().replace("maxReplicas: 10", "maxReplicas: 20")
    push(cluster.repository, {path: text})
    assert deliver(SECOND) == ("written", first)
    assert shown(cluster, path) == text.encode() and shown(cluster, "serving.json") == state


def test_a_revert_brings_the_image_back_that_ran_before_and_builds_none(cluster, deliver):
    _, first = deliver(FIRST)
    cluster.package(2.0)
    cluster.want("production", "late-arrival@v0.1.1", after="staging")
    push(cluster.repository)
    assert deliver(SECOND)[1].endswith(SECOND)
    cluster.repository.git("revert", "--no-edit", "HEAD~1")
    push(cluster.repository)
    assert deliver("sha256:" + "3" * 64) == ("written", first)
    assert messages(cluster) == [f"Serve late-arrival@{version}" for version in ("v0.1.0", "v0.1.1", "v0.1.0")]


def test_a_merge_that_is_older_than_what_runs_is_skipped(cluster, deliver):
    old = cluster.repository.rev_parse("HEAD")
    cluster.package(2.0)
    cluster.want("production", "late-arrival@v0.1.1", after="staging")
    push(cluster.repository)
    _, newer = deliver(FIRST)
    cluster.repository.git("checkout", "--quiet", old)
    assert deliver(SECOND) == ("older", newer)
    assert messages(cluster) == ["Serve late-arrival@v0.1.1"]


def test_each_environment_has_its_own_branch(cluster, deliver):
    deliver(FIRST, "staging")
    assert Branch.of(cluster.repository, "production").tip == ""
    assert yaml.safe_load(shown(cluster, "kustomization.yaml", "staging"))["namespace"] == "flight-delays-staging"


def test_an_image_that_nobody_built_is_not_run(cluster, deliver):
    with pytest.raises(CannotCheck, match="was never built"):
        deliver("")
    assert Branch.of(cluster.repository, "production").tip == ""


def test_a_branch_that_another_wrote_meanwhile_is_not_written_over(cluster, deliver, tmp_path):
    deliver(FIRST)
    stale = Branch.of(cluster.repository, "production")
    cluster.package(2.0)
    cluster.want("production", "late-arrival@v0.1.1", after="staging")
    push(cluster.repository)
    deliver(SECOND)
    with pytest.raises(CheckFailed, match="was not pushed"):
        stale.push({"kustomization.yaml": b"old"}, models="what is old", image=f"models@{FIRST}")
    assert messages(cluster)[0] == "Serve late-arrival@v0.1.1"


def test_the_commands_hand_on_what_the_steps_need(cluster, tmp_path, monkeypatch):
    outputs = tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    monkeypatch.setenv("GITHUB_REPOSITORY", "me/flights")

    def run(*command: str) -> str:
        done = subprocess.run(["mlgitops", *command], cwd=cluster.repository.root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("image", "production")
    said = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    assert said["new"] == "true" and said["repository"] == "ghcr.io/me/flights"
    assert said["name"].startswith("ghcr.io/me/flights:production-")
    assert f"environment/production is to run {said['name']}@{FIRST}" in run(
        "manifests", "production", "--digest", FIRST
    )
    outputs.unlink()
    run("image", "production")
    assert "new=false" in outputs.read_text()
    assert "nothing to change" in run("manifests", "production")
