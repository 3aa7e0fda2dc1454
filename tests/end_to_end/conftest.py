"""One world for all tests of this folder: a generated repository on the loopback GitHub, trained and deployed."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from demo.place import free_ports
from demo.team import Laptop
from loopback import GitHub, Machine
from loopback.repository import Repository
from loopback.runner.results import Run
from tests.template import BIN, bake

MODEL = "late-arrival"
NAME = "acme/flight-delays"
CHECK = "mlgitops/verdict"


@dataclass
class Outcome:
    """What became of a pull request: its runs, its comments and the check on the commit that the author pushed."""

    number: int
    head: str
    runs: list[Run]
    comments: list[str]
    check: str | None

    @property
    def comment(self) -> str:
        assert len(self.comments) == 1
        return self.comments[0]

    def steps(self) -> dict[str, str]:
        """Step → conclusion, of the pull request's job."""
        return {step.name: step.conclusion for step in self.runs[0].jobs["evaluate"].steps}

    def log(self) -> str:
        return self.runs[0].jobs["evaluate"].log


@dataclass
class World:
    """A team's laptop, the GitHub, and the two environments."""

    folder: Path
    laptop: Laptop
    github: GitHub
    ports: dict[str, int]
    origin: Repository = field(init=False)

    def begin(self) -> None:
        """Three months of flights and few, small trees, so that training takes seconds; then the first push.

        What that starts, the first `dispatch` runs.
        """
        self.laptop.edit("params.yaml", r"\bmonths: \d+", "months: 3")
        self.laptop.edit("params.yaml", r"max_iter: \d+", "max_iter: 20")
        self.laptop.edit("params.yaml", r"max_leaf_nodes: \d+", "max_leaf_nodes: 7")
        for environment, port in self.ports.items():
            self.laptop.edit(f"environments/{environment}.yaml", r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}")
        for target in ("setup", "data", "train"):
            self.laptop.run("make", target)
        self.origin = self.github.create_repository(NAME)
        self.laptop.environment = self.github.environment(self.origin)
        self.laptop.run("git", "remote", "add", "origin", self.origin.url)
        self.laptop.commit_and_push("Predict late arrivals")

    def push(self, branch: str, change: Callable[[], object]) -> None:
        """A branch from main with one commit."""
        self.laptop.run("git", "reset", "--quiet", "--hard")
        self.laptop.branch(branch)
        change()
        self.laptop.commit_and_push(f"Change on {branch}")

    def propose(self, branch: str, change: Callable[[], object]) -> Outcome:
        """Open a pull request and let the workflows run until it is quiet."""
        self.push(branch, change)
        return self.review(branch)

    def review(self, branch: str) -> Outcome:
        """The same for a branch that is pushed already."""
        number = self.github.open_pull(self.origin, branch, f"Try {branch}")["number"]
        return self.outcome(number, self.github.dispatch())

    def outcome(self, number: int, runs: list[Run]) -> Outcome:
        head = next(run.head_sha for run in runs if run.workflow == "Pull request")
        comments = [comment["body"] for comment in self.github.comments(self.origin, number)]
        check = self.github.checks(self.origin, head).get(CHECK, {}).get("conclusion")
        return Outcome(number, head, runs, comments, check)

    def comment(self, number: int) -> str:
        """The one comment of a pull request, as it is now."""
        (found,) = self.github.comments(self.origin, number)
        return found["body"]

    def check(self, revision: str) -> str | None:
        """The verdict's conclusion on a commit, as it is now."""
        return self.github.checks(self.origin, self.origin.find(revision))[CHECK]["conclusion"]

    def edit(self, pattern: str, replacement: str) -> Callable[[], object]:
        """A change of params.yaml."""
        return lambda: self.laptop.edit("params.yaml", pattern, replacement)

    def head(self, branch: str) -> str:
        return self.origin.find(f"refs/heads/{branch}")

    def locked_digest(self, revision: str) -> str:
        """The model's digest in the dvc.lock of a commit."""
        import yaml

        stages = yaml.safe_load(self.origin.read(revision, "dvc.lock"))["stages"]
        return "md5:" + stages["package"]["outs"][0]["md5"].removesuffix(".dir")

    def tagged_digest(self, tag: str) -> str:
        message = self.origin.git("for-each-ref", "--format=%(contents)", f"refs/tags/{tag}")
        return next(line.removeprefix("digest: ") for line in message.splitlines() if line.startswith("digest: "))

    def deployments(self) -> list[tuple[str, list[str], str]]:
        """GitHub's Deployments, oldest first: environment, versions, and how each ended."""
        ended = {status["deployment_url"]: status["state"] for status in self.origin.deployment_statuses}
        return [(one["environment"], [*one["payload"]["models"]], ended[one["url"]]) for one in self.origin.deployments]

    def serving(self, environment: str) -> dict[str, str]:
        """Version → digest, as the running service says."""
        return httpx.get(f"http://127.0.0.1:{self.ports[environment]}/status").json()["models"]

    def pulls_back(self, branch: str) -> bool:
        """Whether a stranger with a fresh clone gets every object of the branch."""
        clone = Laptop(self.folder / f"clone-{branch}", self.laptop.environment)
        clone.root.mkdir()
        clone.run("git", "clone", "--quiet", "--single-branch", "--branch", branch, self.origin.url, ".")
        clone.run(str(BIN / "mlgitops"), "storage", "attach")
        clone.run(str(BIN / "dvc"), "pull", "--quiet")
        return json.loads(clone.run(str(BIN / "dvc"), "data", "status", "--json")) == {}


@pytest.fixture(scope="module")  # what one file's tests do to main, those of another one would suffer from
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    laptop = Laptop(bake(folder))
    root = {"MLGITOPS_DEPLOY_ROOT": str(folder / "deploy")}
    ports = dict(zip(("staging", "production"), free_ports(2), strict=True))
    with GitHub(folder / "github", Machine(environment=root), disabled=["Test"]) as github:
        found = World(folder, laptop, github, ports)
        try:
            found.begin()
            yield found
        finally:
            for environment in ports:
                stop = [str(BIN / "mlgitops"), "stop", environment]
                subprocess.run(stop, env=os.environ | root, capture_output=True)
