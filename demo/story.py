"""The story in its steps: a team starts a project, reviews three pull requests, deploys, and takes it back."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from cookiecutter.main import cookiecutter

from demo.place import DEMO, DEPLOY_ROOT, ENVIRONMENTS, PROJECT, ROOT, free_ports
from demo.screen import Screen
from demo.team import Failed, Laptop
from loopback.github import GitHub
from loopback.repository import Repository
from loopback.runner.machine import Machine

MODEL = "late-arrival"


@dataclass
class Story:
    """One telling; each method is a step or a few, in the order in which `tell` calls them."""

    screen: Screen
    github: GitHub
    ports: dict[str, int]
    laptop: Laptop = field(default_factory=lambda: Laptop(PROJECT))
    origin: Repository = field(init=False)

    def start_a_project(self) -> None:
        with self.screen.step("Generate the repository"):
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            cookiecutter(str(ROOT), no_input=True, output_dir=str(DEMO), extra_context={"python_version": version})
            for environment, port in self.ports.items():
                self.laptop.edit(f"environments/{environment}.yaml", r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}")
            self.screen.note(str(PROJECT.relative_to(ROOT)))
        with self.screen.step("make setup: its own environments"):
            self.laptop.run("make", "setup")
        with self.screen.step("make data train: flights of January to June 2013, the first model"):
            self.laptop.run("make", "data")
            self.laptop.run("make", "train")
            self.screen.note(json.dumps(json.loads((PROJECT / "reports/metrics.json").read_text())))

    def push_it(self) -> None:
        with self.screen.step("Push to github.com/acme/flight-delays (a GitHub on this machine)"):
            self.origin = self.github.create_repository("acme/flight-delays")
            self.laptop.environment = self.github.environment(self.origin)
            self.laptop.run("git", "remote", "add", "origin", self.origin.url)
            self.laptop.run("git", "switch", "--quiet", "-C", "main")
            self.laptop.commit_and_push("Predict late arrivals")
        with self.screen.step(f"The push registers {MODEL}@v0.1.0 and deploys what environments/ says"):
            self.run_workflows()
            self.note_serving()

    def propose(self, name: str, title: str, change) -> int:
        """A pull request, evaluated: its number. The comment is printed and kept."""
        with self.screen.step(f"Pull request: {title}"):
            self.laptop.branch(name)
            change()
            self.laptop.commit_and_push(title)
            number = self.github.open_pull(self.origin, name, title)["number"]
            self.run_workflows()
            self.keep_comment(number, name, title)
        return number

    def merge(self, number: int, title: str) -> None:
        with self.screen.step(title):
            self.github.merge_pull(self.origin, number)
            self.run_workflows()
            self.note_serving()

    def ask_the_model(self) -> None:
        with self.screen.step("Ask production about one real flight"):
            url = f"http://127.0.0.1:{self.ports['production']}/v1/{MODEL}"
            flight = httpx.get(f"{url}/schema").json()["examples"][0]["inputs"]
            answer = httpx.post(f"{url}/predict", json=flight).json()
            self.screen.note(json.dumps(flight))
            self.screen.note(f"→ {json.dumps(answer)}")

    def revert(self) -> None:
        with self.screen.step("git revert the promotion: the old version serves again"):
            self.laptop.branch("revert")
            self.laptop.run("git", "revert", "--no-edit", "-m", "1", "HEAD")
            self.laptop.run("git", "push", "--quiet", "origin", "HEAD:main")
            self.run_workflows()
            self.note_serving()

    def run_workflows(self) -> None:
        """Everything that GitHub would start now; the project's own tests are left to `make test` there."""
        self.github.dispatch(self.screen.progress, skip=("Test",))

    def keep_comment(self, number: int, name: str, title: str) -> None:
        """Print the comment as a reviewer sees it, keep it and the report behind it."""
        comments = self.github.comments(self.origin, number)
        if len(comments) != 1:
            raise Failed(f"#{number} has {len(comments)} comments, not one")
        body = comments[0]["body"]
        (DEMO / "comments" / f"{number}-{name}.md").write_text(body)
        self.screen.comment(f"#{number} {title}", body)

    def note_serving(self) -> None:
        """What each environment serves, asked from the services themselves; kept in deployments.json."""
        serving = {}
        for environment, port in self.ports.items():
            serving[environment] = httpx.get(f"http://127.0.0.1:{port}/status").json()
            for endpoint, found in serving[environment]["endpoints"].items():
                self.screen.note(f"{environment:<10} {endpoint} → {found['routes']}")
        lines = [line for path in DEPLOY_ROOT.glob("*/deployments.jsonl") for line in path.read_text().splitlines()]
        deployments = sorted(map(json.loads, lines), key=lambda entry: entry["time"])
        facts = {"serving": serving, "deployments": deployments}
        (DEMO / "deployments.json").write_text(json.dumps(facts, indent=1) + "\n")


def tell(screen: Screen) -> None:
    """The whole story on a clean build/demo."""
    ports = dict(zip(ENVIRONMENTS, free_ports(2), strict=True))
    machine = Machine(
        environment={"MLGITOPS_DEPLOY_ROOT": str(DEPLOY_ROOT), "RUNNER_ENVIRONMENT": "self-hosted"}, cml=False
    )
    with GitHub(DEMO / "github", machine) as github:
        story = Story(screen, github, ports)
        story.start_a_project()
        story.push_it()
        better = story.propose(
            "more-trees", "Train longer", lambda: story.laptop.edit("params.yaml", r"max_iter: \d+", "max_iter: 200")
        )
        story.merge(better, "Merge it: registered as v0.1.1, staging deployed")


def summary(screen: Screen, folder: Path = DEMO) -> None:
    """Where to look."""
    screen.console.print(f"\nDone in {screen.elapsed():.0f} s. Look at:")
    for path in ("comments/", "reports/", "deployments.json", "flight-delays/", "github/requests.jsonl"):
        screen.note(str((folder / path).relative_to(ROOT)))
