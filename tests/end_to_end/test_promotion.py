"""From merges, five of them at once, to production and back, by pull requests that jobs open and people merge."""

import pytest
from httpx import Client

from loopback import events
from tests.end_to_end.conftest import CHECK, MODEL, World

pytestmark = pytest.mark.slow
PATH = "environments/production.yaml"
BRANCH, BACK = f"promote/production/{MODEL}", "rollback/production"


def opened(world: World, branch: str) -> dict:
    """The one open pull request from a branch."""
    (found,) = [pull for pull in world.origin.pulls if pull["head"]["ref"] == branch and pull["state"] == "open"]
    return found


def checked(world: World, pull: dict) -> str:
    return world.github.checks(world.origin, pull["head"]["sha"])[CHECK]["conclusion"]


def merge(world: World, number: int) -> dict[str, str]:
    """Merge it, and let the one run of deploy.yml end; its jobs' conclusions."""
    world.github.merge_pull(world.origin, number)
    (run,) = [run for run in world.github.dispatch() if run.workflow == "Deploy"]
    return {name: job.conclusion for name, job in run.jobs.items()}


def served(world: World, environment: str) -> list[str]:
    """The versions that answer."""
    with Client() as client:
        return list(client.get(f"http://127.0.0.1:{world.ports[environment]}/status").json()["models"])


DONE = dict.fromkeys(("register", "staging", "promote", "production"), "success")


def test_a_merge_becomes_a_version_in_staging_and_a_pull_request_for_production(world: World) -> None:
    (run,) = world.github.dispatch()
    assert run.jobs["promote"].conclusion == "success" and world.origin.pulls == []
    found = world.propose("better", world.edit(r"max_iter: \d+", "max_iter: 60"))
    world.github.label(world.origin, found.number, "minor")
    assert merge(world, found.number) == DONE
    assert served(world, "staging") == [f"{MODEL}@v0.2.0"] and served(world, "production") == [f"{MODEL}@v0.1.0"]
    pull = opened(world, BRANCH)
    assert pull["title"] == f"Promote {MODEL} v0.2.0 to production"
    assert world.origin.changed("main", BRANCH) == [PATH]
    comment = world.comment(pull["number"])
    assert "Ready" in comment and "`production`" in comment and f"{MODEL}@v0.1.0" in comment
    assert world.tagged_digest(f"{MODEL}@v0.2.0") in comment
    assert checked(world, pull) == "success"


def test_five_merges_within_a_second_are_five_versions_and_the_same_pull_request_has_the_newest(world: World) -> None:
    before, pull = world.github.tags(world.origin), opened(world, BRANCH)
    number, comment = pull["number"], world.comment(pull["number"])
    merges = [trained(world, leaves) for leaves in range(10, 15)]
    for sha in merges:
        world.laptop.run("git", "push", "--quiet", "--no-verify", "origin", f"{sha}:main")
    runs = [run for run in world.github.dispatch() if run.workflow == "Deploy"]
    assert [(run.head_sha, run.conclusion) for run in runs] == [(sha, "success") for sha in merges]
    made = {tag: sha for tag, sha in world.github.tags(world.origin).items() if tag not in before}
    assert made == {f"{MODEL}@v0.2.{number}": sha for number, sha in enumerate(merges, 1)}
    assert [world.tagged_digest(tag) for tag in made] == [world.locked_digest(sha) for sha in merges]
    assert len({world.locked_digest(sha) for sha in merges}) == 5
    assert served(world, "staging") == [f"{MODEL}@v0.2.5"] and served(world, "production") == [f"{MODEL}@v0.1.0"]
    pull = opened(world, BRANCH)
    assert (pull["number"], pull["title"]) == (number, f"Promote {MODEL} v0.2.5 to production")
    assert f"{MODEL}@v0.2.5" in world.origin.read(BRANCH, PATH)
    told = world.comment(number)
    assert told != comment and world.tagged_digest(f"{MODEL}@v0.2.5") in told
    assert checked(world, pull) == ("success" if "## ✅ Ready" in told else "neutral")  # the last of the five decides


def test_merging_it_deploys_production(world: World) -> None:
    assert merge(world, opened(world, BRANCH)["number"]) == DONE
    assert served(world, "production") == served(world, "staging") == [f"{MODEL}@v0.2.5"]
    assert not [pull for pull in world.origin.pulls if pull["state"] == "open"]


def test_a_rollback_from_the_browser_brings_the_old_version_back(world: World) -> None:
    (run,) = world.github.start(world.origin, "rollback.yml", environment="production")
    assert run.conclusion == "success" and world.github.dispatch() == []
    pull = opened(world, BACK)
    assert pull["title"] == f"Roll back production to {MODEL} v0.1.0"
    assert "a rollback is not measured" in world.comment(pull["number"])
    assert checked(world, pull) == "neutral"
    assert merge(world, pull["number"]) == DONE
    assert served(world, "production") == [f"{MODEL}@v0.1.0"] and served(world, "staging") == [f"{MODEL}@v0.2.5"]
    assert not [pull for pull in world.origin.pulls if pull["state"] == "open"]  # it is not proposed right again


def test_an_older_run_that_is_run_again_is_skipped(world: World) -> None:
    """The promotion's run, after its rollback was deployed."""
    old, told, newest = served(world, "production"), world.deployments(), world.head("main")
    promotion, before = (world.origin.git("rev-parse", f"{newest}~{back}") for back in (1, 2))
    fact = {"name": "push", "actor": "ada", "repository": world.origin.name, "ref": "refs/heads/main"}
    run = world.github.react(events.of(world.github.hub, fact | {"before": before, "after": promotion}))[0]
    assert run.conclusion == "success"
    assert f"production: skipped {promotion[:12]}, which is older than {newest[:12]}" in run.jobs["production"].log
    assert (served(world, "production"), world.deployments()) == (old, told)


def trained(world: World, leaves: int) -> str:
    """A commit with another model, its data stored, on a branch; its id."""
    world.laptop.run("git", "reset", "--quiet", "--hard")
    if leaves == 10:
        world.laptop.branch("five")
    world.laptop.edit("params.yaml", r"max_leaf_nodes: \d+", f"max_leaf_nodes: {leaves}")
    world.laptop.run("make", "train")
    world.laptop.commit_and_push(f"Grow {leaves} leaves")
    return world.laptop.run("git", "rev-parse", "HEAD")
