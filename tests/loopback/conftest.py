"""A loopback GitHub with one repository, and a working copy of it."""

import shutil
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from loopback import GitHub, Machine
from loopback.repository import Repository
from loopback.tokens import BOT, Token

CHECKOUT = "actions/checkout@" + "a" * 40
UPLOAD = "actions/upload-artifact@" + "b" * 40
UV = "astral-sh/setup-uv@" + "c" * 40
CML = "iterative/setup-cml@" + "d" * 40


@dataclass
class Working:
    """A clone, with the credentials of the repository's member."""

    folder: Path
    env: dict[str, str]

    def git(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        command = ["git", "-C", self.folder, *arguments]
        return subprocess.run(command, env=self.env, check=check, capture_output=True, text=True)

    def push(self, branch: str, files: dict[str, str], message: str = "Change") -> str:
        """Commit files on a branch, a new one if need be, push it, and return the commit."""
        self.git("checkout", "--quiet", "-B", branch)
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message)
        self.git("push", "--quiet", "origin", branch)
        return self.git("rev-parse", "HEAD").stdout.strip()

    def workflow(self, text: str, **pins: str) -> str:
        """Push a workflow file to main; CHECKOUT and the like stand for pinned actions."""
        for name, pin in (("CHECKOUT", CHECKOUT), ("UPLOAD", UPLOAD), ("SETUP_UV", UV), ("SETUP_CML", CML)):
            text = text.replace(name, pin)
        return self.push("main", {".github/workflows/trial.yml": text})


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHub]:
    with GitHub(tmp_path_factory.mktemp("github")) as github:
        yield github


@pytest.fixture
def github(running: GitHub) -> Iterator[GitHub]:
    """The one GitHub of all these tests, empty again after each."""
    running.machine = Machine()
    for log in running.root.glob("*.jsonl"):
        log.unlink()
    yield running
    hub = running.hub
    for known in (hub.repositories, hub.tokens, hub.events, hub.faults, running.people):
        known.clear()
    shutil.rmtree(running.root / "git")


@pytest.fixture
def flights(github: GitHub) -> Repository:
    return github.create_repository("acme/flight-delays")


@pytest.fixture
def clone(github: GitHub, tmp_path: Path, home: Path) -> Callable[[Repository], Working]:
    def cloned(repository: Repository) -> Working:
        folder = tmp_path / repository.name.replace("/", "-")
        variables = {"PATH": "/usr/bin:/bin", "HOME": str(home), **github.environment(repository)}
        subprocess.run(["git", "clone", "--quiet", repository.url, folder], env=variables, check=True)
        return Working(folder, variables)

    return cloned


@pytest.fixture
def work(flights: Repository, clone: Callable[[Repository], Working], github: GitHub) -> Working:
    """A working copy whose main has one commit that no workflow has to react to any more."""
    working = clone(flights)
    working.push("main", {"README.md": "# Flight delays\n", "params.yaml": "trees: 100\n"})
    github.hub.events.clear()
    return working


@pytest.fixture
def client(github: GitHub, flights: Repository, monkeypatch: pytest.MonkeyPatch) -> Callable[..., httpx.Client]:
    """Clients of api.github.com with a job's permissions; no permissions given: the member's token."""
    for name, value in github.environment(flights).items():
        monkeypatch.setenv(name, value)

    def connect(**permissions: str) -> httpx.Client:
        scopes = {name.replace("_", "-"): level for name, level in permissions.items()}
        job = Token(BOT, flights.name, scopes, workflow=True)
        token = github.hub.admit(job) if permissions else github.people[flights.name]
        headers = {"Authorization": f"Bearer {token.value}"}
        return httpx.Client(base_url=f"https://api.github.com/repos/{flights.name}", headers=headers)

    return connect
