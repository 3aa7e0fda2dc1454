"""A repository on the loopback GitHub with one open pull request, and a trusted job that reports its run."""

import hashlib
import io
import os
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from loopback import GitHub
from loopback.artifacts import store
from loopback.tokens import Token
from mlgitops.github.event import Run, run_of
from mlgitops.report.document import dump
from mlgitops.report.schema import Report, Revision
from mlgitops.repository.git import Repository
from tests.repositories import STORAGE_CONFIG, commit

NAME = "acme/flights"
GRANTED = {"actions": "read", "checks": "write", "contents": "write", "deployments": "read", "pull-requests": "write"}


@dataclass
class Job:
    """The report job: the hub it talks to, its checkout of main, and the author's laptop."""

    github: GitHub
    laptop: Repository
    checkout: Repository
    number: int
    run: Run

    @property
    def origin(self):
        return self.github.hub.repositories[NAME]

    @property
    def comments(self) -> list[str]:
        return [comment["body"] for comment in self.github.comments(self.origin, self.number)]

    def check(self, sha: str) -> str | None:
        return self.github.checks(self.origin, sha).get("mlgitops/verdict", {}).get("conclusion")

    @property
    def title(self) -> str:
        return self.github.checks(self.origin, self.run.head)["mlgitops/verdict"]["output"]["title"]

    def label(self, name: str = "ml-override") -> None:
        self.github.label(self.origin, self.number, name)

    def unlabel(self, name: str = "ml-override") -> None:
        self.github.unlabel(self.origin, self.number, name)

    def push(self, files: dict[str, str], message: str = "Change") -> str:
        """What the author pushes next; the commit."""
        sha = commit(self.laptop, files, message)
        environment = os.environ | self.github.environment(self.origin)
        push = ["git", "push", "--quiet", "--force", self.origin.url, "HEAD:change"]
        subprocess.run(push, cwd=self.laptop.root, env=environment, check=True)
        return sha

    def upload(self, members: dict[str, bytes]) -> None:
        """The run's artifact, as upload-artifact leaves it."""
        buffer = io.BytesIO()
        self.origin.artifacts.clear()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        store(self.github.hub, self.origin, self.run.id, "mlgitops-report", buffer.getvalue())

    def report(self, **facts: object) -> bytes:
        facts = {
            "verdict": "ready",
            "reason": "No loss beyond the margin",
            "head": Revision(commit=self.run.head),
        } | facts
        return dump(Report(**facts))

    def trained(self, model: bytes = b"model") -> dict[str, bytes]:
        """What a run that trained packs: a lock, metrics and the model's object."""
        metrics, md5 = b'{"roc_auc": 0.75}\n', hashlib.md5(model).hexdigest()
        outs = [
            {"path": "reports/metrics.json", "md5": hashlib.md5(metrics).hexdigest()},
            {"path": "model", "md5": md5},
        ]
        lock = yaml.safe_dump({"stages": {"evaluate": {"outs": outs}}}).encode()
        files = {
            "git/dvc.lock": lock,
            "git/reports/metrics.json": metrics,
            f"objects/files/md5/{md5[:2]}/{md5[2:]}": model,
        }
        return {f"recording/{name}": data for name, data in files.items()}


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    """The job's environment is set: its token has what report.yml grants, its network ends at the hub."""
    with GitHub(tmp_path / "github") as github:
        origin = github.create_repository(NAME)
        person = github.environment(origin)
        token = github.hub.admit(Token("github-actions[bot]", NAME, dict(GRANTED), workflow=True))
        for name, value in (person | {"GITHUB_TOKEN": token.value, "GITHUB_REPOSITORY": NAME}).items():
            if not name.startswith("GIT_CONFIG"):
                monkeypatch.setenv(name, value)
        yield opened(github, origin, tmp_path)


def opened(github: GitHub, origin, folder: Path) -> Job:
    """Push main and a branch, open the pull request, and register a finished run of it."""
    laptop = Repository(folder / "laptop")
    laptop.root.mkdir()
    laptop.git("init", "--quiet")
    commit(laptop, {"README.md": "# Work\n", ".dvc/config": STORAGE_CONFIG, ".dvc/.gitignore": "/storage\n"})
    laptop.git("remote", "add", "origin", str(origin.path))
    laptop.git("push", "--quiet", "origin", "HEAD:main")
    head = commit(laptop, {"params.yaml": "max_iter: 200\n"})
    laptop.git("push", "--quiet", "origin", "HEAD:change")
    number = github.open_pull(origin, "change", "Train longer")["number"]
    Repository(folder).git("clone", "--quiet", "--depth", "1", "--branch", "main", origin.url, "checkout")
    return Job(github, laptop, Repository(folder / "checkout"), number, ran(origin, 77, head, "change"))


def ran(origin, id: int, head: str, branch: str, repository: str = NAME, status: str = "completed") -> Run:
    """A run of the Pull request workflow on a commit, as GitHub remembers it."""
    described = {
        "id": id,
        "run_number": id - 65,
        "path": ".github/workflows/pull-request.yml",
        "workflow_id": 1,
        "event": "pull_request",
        "status": status,
        "conclusion": "success" if status == "completed" else None,
        "head_sha": head,
        "head_branch": branch,
        "head_repository": {"id": 1, "full_name": repository},
        "html_url": f"https://github.com/{NAME}/actions/runs/{id}",
    }
    origin.runs.append(described)
    origin.jobs.append({"id": id, "run_id": id, "completed_at": "2026-01-02T03:04:05Z"})
    return run_of(described)
