"""The story in its steps: a team starts a project, reviews three pull requests, deploys, and takes it back."""

import io
import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from cookiecutter.main import cookiecutter

from demo.place import DEMO, DEPLOY_ROOT, PROJECT, ROOT
from demo.screen import Screen
from demo.team import Failed, Laptop
from loopback import GitHub
from loopback.repository import Repository
from mlgitops.github import artifact
from mlgitops.report.html import page

MODEL = "late-arrival"
REPOSITORY = "acme/flight-delays"


@dataclass
class Story:
    """What the people of the story do; `ports` are where the environments are to serve."""

    screen: Screen
    github: GitHub
    ports: dict[str, int]
    laptop: Laptop = field(default_factory=lambda: Laptop(PROJECT))
    origin: Repository = field(init=False)

    def generate(self) -> None:
        """cookiecutter; the environments' addresses are set to free ports of this machine, and the trees are small."""
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        cookiecutter(str(ROOT), no_input=True, output_dir=str(DEMO), extra_context={"python_version": version})
        self.laptop.edit("params.yaml", r"max_leaf_nodes: \d+", "max_leaf_nodes: 7")
        for environment, port in self.ports.items():
            self.laptop.edit(f"environments/{environment}.yaml", r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}")
        self.screen.note(str(PROJECT.relative_to(ROOT)))

    def train(self) -> None:
        self.laptop.run("make", "data")
        self.laptop.run("make", "train")
        measured = json.loads((PROJECT / "reports" / "metrics.json").read_text())
        self.screen.note("  ".join(f"{name} {value:.6g}" for name, value in measured.items()))

    def publish(self) -> None:
        """The first push: the data goes along, by the hook that make setup has installed."""
        self.origin = self.github.create_repository(REPOSITORY)
        self.laptop.environment = self.github.environment(self.origin)
        self.laptop.run("git", "remote", "add", "origin", self.origin.url)
        self.laptop.run("git", "switch", "--quiet", "-C", "main")
        self.laptop.commit_and_push("Predict late arrivals")
        self.react()

    def propose(self, branch: str, title: str, change: Callable[[], object]) -> int:
        """Open a pull request and let the workflows run; its number. The comment is shown and kept."""
        self.laptop.branch(branch)
        change()
        self.laptop.commit_and_push(title)
        number = self.github.open_pull(self.origin, branch, title)["number"]
        self.react()
        comments = self.github.comments(self.origin, number)
        if len(comments) != 1:
            raise Failed(f"#{number} has {len(comments)} comments, not one")
        self.screen.comment(f"#{number} {title}", comments[0]["body"])
        (DEMO / "comments" / f"{number}-{branch}.md").write_text(comments[0]["body"])
        (DEMO / "comments" / f"{number}-{branch}.html").write_text(page(comments[0]["body"]))
        (DEMO / "reports" / f"{number}-{branch}.json").write_bytes(self.newest_report())
        return number

    def merge(self, number: int) -> None:
        self.github.merge_pull(self.origin, number)
        self.react()
        self.note_serving()

    def promote(self, version: str) -> None:
        """What an operator edits to change production."""
        self.laptop.edit("environments/production.yaml", rf"{MODEL}@v[\d.]+", f"{MODEL}@{version}")

    def add_july_broken(self) -> None:
        """New data in which somebody has measured the temperature in another unit and lost a third of it."""
        self.laptop.run("make", "data", "MONTHS=7")
        python = str(PROJECT / ".venv" / "bin" / "python")
        self.laptop.run(python, "-c", BREAK, "data/raw/2013-07.parquet")
        self.laptop.run(str(PROJECT / ".venv" / "bin" / "dvc"), "add", "--quiet", "data/raw")

    def ask(self) -> None:
        """One real flight, sent to production as a caller would."""
        url = f"http://127.0.0.1:{self.ports['production']}/v1/{MODEL}"
        flight = httpx.get(f"{url}/schema").raise_for_status().json()["example"]
        answer = httpx.post(f"{url}/predict", json=flight)
        answer.raise_for_status()
        self.screen.note(f"POST {url}/predict {json.dumps(flight)}")
        self.screen.note(f"{answer.status_code} {answer.text}")

    def revert(self) -> None:
        """An ordinary revert of the last merge on main."""
        self.laptop.branch("revert")
        self.laptop.run("git", "revert", "--no-edit", "-m", "1", "HEAD")
        self.laptop.run("git", "push", "--quiet", "origin", "HEAD:main")
        self.react()
        self.note_serving()

    def react(self) -> None:
        """Everything that GitHub would start now, until it is quiet."""
        self.github.dispatch(self.screen.progress)

    def newest_report(self) -> bytes:
        """report.json out of the artifact that the last run handed over."""
        reports = [found for found in self.origin.artifacts if found["name"] == artifact.NAME]
        newest = max(reports, key=lambda found: found["id"])
        archive = (DEMO / "github" / "artifacts" / f"{newest['id']}.zip").read_bytes()
        return zipfile.ZipFile(io.BytesIO(archive)).read("report.json")

    def note_serving(self) -> None:
        """What each environment serves, asked from the services themselves; kept with the record of deploys."""
        serving = {}
        for environment, port in self.ports.items():
            serving[environment] = httpx.get(f"http://127.0.0.1:{port}/status").json()
            for model, digest in serving[environment]["models"].items():
                self.screen.note(f"{environment:<10} serves {model} {digest} on port {port}")
        records = [line for path in DEPLOY_ROOT.glob("*/deployments.jsonl") for line in path.read_text().splitlines()]
        deployments = sorted(map(json.loads, records), key=lambda record: record["time"])
        facts = {"serving": serving, "deployments": deployments}
        (DEMO / "deployments.json").write_text(json.dumps(facts, indent=1) + "\n")


BREAK = """
import sys
import pandas as pd
flights = pd.read_parquet(sys.argv[1])
flights["temp"] = (flights["temp"] - 32) * 5 / 9 + 273.15
flights.loc[flights.index % 3 == 0, "temp"] = None
flights.to_parquet(sys.argv[1], index=False)
"""
