"""Push, audit, commit, tag: killed after each step, no version is one that can't be had, and the next run ends it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import libfaketime
import pytest
import yaml

from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock
from mlgitops.repository.storage import Storage
from mlgitops.versions import bundle, tags
from tests.killed import killed
from tests.mlgitops.versions.trained import NAME, PATH, train
from tests.repositories import commit

pytestmark = pytest.mark.slow
GATES = {
    "name": NAME,
    "model": PATH,
    "predictions": "predictions",
    "task": "regression",
    "metrics": {"rmse": {"role": "primary", "margin": 1.0}},
}
STAGES = {
    "package": {"cmd": "cp -r source models/m", "deps": ["source"], "outs": [PATH]},
    "evaluate": {"cmd": "cp source/a predictions", "deps": [PATH], "outs": ["predictions"]},
}
GIT = "mlgitops.repository.git:Repository.try_git"
STEPS = (["train"], ["storage", "push"], ["commit"], ["register"])


@pytest.fixture
def team(repository: Repository) -> Repository:
    """A repository in which nothing was trained yet."""
    files = {"dvc.yaml": yaml.safe_dump({"stages": STAGES}), "gates.yaml": yaml.safe_dump(GATES)}
    ignored = {".gitignore": "/predictions\n/report\n", "models/.gitignore": "/m\n"}
    commit(repository, files | ignored | {"source/a": "one", "source/b": "same"})
    Storage(repository).attach()
    return repository


def step(repository: Repository, verb: list[str], **variables: str) -> None:
    """A step of the way from a training to a version, which has to succeed."""
    if verb == ["commit"]:
        commit(repository, {}, "Train")
        repository.git("push", "--quiet", "origin", "HEAD:main")
        return
    done = subprocess.run(
        ["mlgitops", *verb], cwd=repository.root, env=os.environ | variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def pullable(clone: Callable[..., Repository], folder: Path, name: str) -> list[str]:
    """The versions that a stranger sees, after having fetched the bundle of each of them."""
    stranger = clone(name, "--depth", "1", "--single-branch", "--branch", "main")
    found = tags.read(stranger)
    for tag in found:
        Storage(stranger).attach()
        bundle.fetch(stranger, path=tag.path, rev=tag.label, expected=tag.digest, folder=folder)
    return [tag.label for tag in found]


@pytest.mark.parametrize(
    ("verb", "call", "when", "word"),
    [
        pytest.param(*case, marks=pytest.mark.fault(fault, "no version that can't be pulled; run again, it is one"))
        for fault, case in [
            ("kill -9 in push", (STEPS[0], "mlgitops.pipeline.train:_dvc", "before", "push")),
            ("kill -9 in push", (STEPS[0], "mlgitops.pipeline.train:_dvc", "after", "push")),
            ("kill -9 in push", (STEPS[1], GIT, "after", "commit")),
            ("kill -9 in push", (STEPS[1], GIT, "before", "push")),
            ("kill -9 in push", (STEPS[1], GIT, "after", "push")),
            ("kill -9 between push and tag", (STEPS[3], "mlgitops.versions.bundle:fetch", "before", "")),
            ("kill -9 between push and tag", (STEPS[3], GIT, "after", "mktag")),
            ("kill -9 between push and tag", (STEPS[3], GIT, "after", "push")),
        ]
    ],
)  # fmt: skip
def test_killed_and_run_again_it_converges(
    team: Repository, clone: Callable[..., Repository], tmp_path: Path, verb: list[str], call: str, when: str, word: str
) -> None:
    for done in STEPS[: STEPS.index(verb)]:
        step(team, done)
    killed(team.root, call, when, *verb, word=word)
    labels = pullable(clone, tmp_path / "bundles", "stranger")
    assert labels == (["m@v0.1.0"] if (verb, word, when) == (STEPS[3], "push", "after") else [])
    assert team.git("tag") == "", "a tag that has a name here before origin has it"
    for again in STEPS:
        step(team, again)
    assert pullable(clone, tmp_path / "again", "other") == ["m@v0.1.0"] == team.git("tag").split()


@pytest.mark.parametrize(
    "shift",
    [
        pytest.param("-365d", marks=pytest.mark.fault("clock a year behind", "the same version as by any other clock")),
        pytest.param("+365d", marks=pytest.mark.fault("clock a year ahead", "the same version as by any other clock")),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="libfaketime is loaded before other libraries")
def test_a_wrong_clock_changes_no_decision(repository: Repository, clone, shift: str) -> None:
    """A version before, one by the wrong clock, one after: their order is that of their numbers, for deploys, too."""
    _, additions = libfaketime.get_reload_information()
    clock = additions | {"FAKETIME": shift}
    commit(repository, {"gates.yaml": yaml.safe_dump(GATES)})
    digests = []
    for content, variables in (("one", {}), ("two", clock), ("three", {})):
        digests.append(train(repository, content))
        step(repository, ["register"], **variables)
    known = {tag.label: tag.digest for tag in tags.read(repository)}
    assert known == dict(zip(("m@v0.1.0", "m@v0.1.1", "m@v0.1.2"), digests, strict=True))
    times = repository.git("for-each-ref", "--format=%(creatordate:unix)", "refs/tags").split()
    assert abs(int(times[1]) - int(times[0])) > 300 * 86400, "the clock was wrong"
    ask = "from mlgitops.environments.desired import find; from mlgitops.repository.git import Repository; "
    ask += f"print(find(Repository.here(), '{NAME}@latest').digest)"
    asked = {"cwd": repository.root, "capture_output": True, "text": True, "check": True}
    said = [
        subprocess.run([sys.executable, "-c", ask], env=os.environ | variables, **asked).stdout.strip()
        for variables in ({}, clock)
    ]
    assert said == [digests[-1]] * 2 == [Lock.read(repository, "HEAD").outs[PATH].digest] * 2
