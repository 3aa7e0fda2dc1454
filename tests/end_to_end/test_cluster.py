"""A repository for Kubernetes: from a merge to the branch that the cluster follows, and back by a revert."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from demo.place import free_ports
from demo.team import Laptop
from loopback import GitHub, Machine
from tests.end_to_end.conftest import MODEL, World
from tests.template import BIN, bake

pytestmark = pytest.mark.slow
FIRST, SECOND = f"{MODEL}@v0.1.0", f"{MODEL}@v0.1.1"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """GitHub's own machines: what is started there is stopped again."""
    folder = tmp_path_factory.mktemp("world")
    laptop = Laptop(bake(folder, deploy_target="kubernetes"))
    runner = {"MLGITOPS_DEPLOY_ROOT": str(folder / "deploy"), "RUNNER_ENVIRONMENT": "github-hosted"}
    ports = dict(zip(("staging", "production"), free_ports(2), strict=True))
    with GitHub(folder / "github", Machine(environment=runner), disabled=["Test"]) as github:
        found = World(folder, laptop, github, ports)
        found.begin()
        yield found


def branch(world: World, environment: str) -> dict:
    """What the cluster is to run: the branch's commits that changed it, the image, and the models of the state."""
    name = f"environment/{environment}"
    kustomization = yaml.safe_load(world.origin.read(name, "kustomization.yaml"))
    return {
        "commits": world.origin.git("log", "--format=%s", "--grep=^Serve", name).splitlines(),
        "image": kustomization["images"],
        "models": json.loads(world.origin.read(name, "serving.json"))["models"],
    }


def test_a_merge_reaches_the_branch_of_each_environment_after_its_proof(world: World) -> None:
    (run,) = world.github.dispatch()
    order = ["register", "staging", "promote", "production", "staging-image", "production-image"]
    assert {name: job.conclusion for name, job in run.jobs.items()} == dict.fromkeys(order, "success"), run.log
    for environment in ("staging", "production"):
        log = run.jobs[f"{environment}-image"].log
        (image,) = branch(world, environment)["image"]
        assert image["newName"] == "ghcr.io/acme/flight-delays"
        assert f"Attested provenance: {image['newName']} {image['digest']}" in log
        assert branch(world, environment)["models"].keys() == {FIRST}
        assert branch(world, environment)["models"][FIRST]["digest"] == world.tagged_digest(FIRST)


def test_kustomize_renders_the_branch(world: World, tmp_path: Path) -> None:
    command = ["git", "clone", "--quiet", "--branch", "environment/production", world.origin.url, str(tmp_path / "b")]
    subprocess.run(command, env=world.laptop.environment, check=True)
    done = subprocess.run([BIN / "kubectl", "kustomize", tmp_path / "b"], capture_output=True, text=True, check=True)
    (image,) = branch(world, "production")["image"]
    assert f"image: {image['newName']}@{image['digest']}" in done.stdout


def test_a_new_version_is_rolled_out_in_staging_alone(world: World) -> None:
    production = branch(world, "production")
    world.push("more-trees", world.edit(r"max_iter: \d+", "max_iter: 30"))
    world.laptop.run("make", "train")
    world.laptop.commit_and_push("Train")
    world.github.merge_pull(world.origin, world.github.open_pull(world.origin, "more-trees", "More trees")["number"])
    world.github.dispatch()
    assert branch(world, "staging")["models"].keys() == {SECOND}
    assert branch(world, "production") == production


def test_a_revert_of_a_promotion_brings_the_image_back_that_ran_before(world: World) -> None:
    before = branch(world, "production")
    for title, old, new in (("Promote", FIRST, SECOND), ("Roll back", SECOND, FIRST)):
        name = "by-hand-" + title.lower().replace(" ", "-")
        world.push(name, lambda old=old, new=new: world.laptop.edit("environments/production.yaml", old, new))
        world.github.merge_pull(world.origin, world.github.open_pull(world.origin, name, title)["number"])
        world.github.dispatch()
        assert branch(world, "production")["models"].keys() == {new}
    after = branch(world, "production")
    assert after["image"] == before["image"]
    assert after["commits"] == [f"Serve {version}" for version in (FIRST, SECOND, FIRST)]
