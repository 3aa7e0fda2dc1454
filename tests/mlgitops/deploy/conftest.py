"""A repository as a team has it: a service, a DVC-tracked bundle with registered versions, two environments."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import httpx
import pytest
import yaml
from uv import find_uv_bin

from mlgitops.deploy import status
from mlgitops.deploy.change import deploy
from mlgitops.deploy.client import Client
from mlgitops.deploy.journal import Deployment
from mlgitops.deploy.supervisor import Supervisor
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage
from mlgitops.versions.register import register
from tests.repositories import commit

TEMPLATE = Path(__file__).parents[3] / "{{cookiecutter.project_slug}}"
SERVICE = TEMPLATE / "src" / "{{cookiecutter.package}}" / "service"
ROW = {"carrier": "AA", "month": 6, "temp": 0.1}


@dataclass
class Team:
    """What a test does: package a model, register it, change environments, deploy, and call the service."""

    repository: Repository
    root: Path
    bundles: ModuleType
    ports: dict[str, int]

    def package(self, slope: float, **wrong: float) -> str:
        """Make the bundle, let DVC record it, register it; returns the version."""
        folder = self.repository.root / "models" / "late-arrival"
        shutil.rmtree(folder, ignore_errors=True)
        self.bundles.make_bundle(folder, slope=slope, **wrong)
        self.run("dvc", "commit", "-q", "-f")
        self.run("dvc", "push", "-q")
        Storage(self.repository).push()
        commit(self.repository, {})
        return register(self.repository, "late-arrival", "models/late-arrival")[0].label

    def want(self, name: str, model: str, **more: str) -> None:
        """Commit an environment file."""
        content = {
            "service": "flights.service",
            "address": f"127.0.0.1:{self.ports[name]}",
            "endpoints": {"late-arrival": {"routes": [{"model": model, "weight": 100}]}},
        }
        commit(self.repository, {f"environments/{name}.yaml": yaml.safe_dump(content | more)})

    def deploy(self, name: str = "staging", limit: float = 1000) -> Deployment:
        """limit: the most milliseconds that a row may take."""
        return deploy(self.repository, name, self.root, {"late-arrival": limit})

    def journal(self, name: str = "staging") -> list[dict]:
        """Its lines."""
        return [json.loads(line) for line in (self.root / name / "deployments.jsonl").read_text().splitlines()]

    def client(self, name: str = "staging") -> Client:
        return Client(f"http://127.0.0.1:{self.ports[name]}")

    def predict(self, name: str = "staging") -> dict:
        """The prediction for a row."""
        answer = httpx.post(f"{self.client(name).url}/v1/late-arrival/predict", json=ROW)
        (found,) = answer.raise_for_status().json()["predictions"]
        return found

    def pid(self, name: str = "staging") -> int | None:
        """The process id of the service."""
        return Supervisor(self.root / name).pid()

    def run(self, *command: str) -> None:
        subprocess.run(command, cwd=self.repository.root, check=True, capture_output=True)


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's service as a package of its own, flights.service."""
    folder = tmp_path_factory.mktemp("code")
    shutil.copytree(SERVICE, folder / "flights" / "service", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "flights" / "__init__.py").touch()
    return folder


@pytest.fixture(scope="session")
def bundles(code: Path) -> ModuleType:
    """The maker of small bundles that the service's own tests use."""
    source = (TEMPLATE / "tests" / "service" / "conftest.py").read_text()
    module = ModuleType("bundles")
    sys.path.insert(0, str(code))
    exec(source.replace("{{ cookiecutter.package }}", "flights"), module.__dict__)
    sys.path.remove(str(code))
    return module


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Releases depend on nothing but their content: the tests of a session share them."""
    return tmp_path_factory.mktemp("releases")


@pytest.fixture(scope="session")
def project() -> dict[str, str]:
    """What a release is installed from: the template's own lock, and the extra that names the service's packages."""
    text = (TEMPLATE / "pyproject.toml").read_text()
    extras = text[text.index("[project.optional-dependencies]") : text.index("[build-system]")]
    return {
        "pyproject.toml": "[project]\nname = 'work'\nversion = '0'\n" + extras,
        "requirements.lock": (TEMPLATE / "requirements.lock").read_text(),
    }


@pytest.fixture(scope="session")
def uv_cache() -> str:
    """Where uv keeps packages, outside the home folder of a test."""
    done = subprocess.run([find_uv_bin(), "cache", "dir"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def team(
    tmp_path: Path,
    repository: Repository,
    code: Path,
    bundles: ModuleType,
    releases: Path,
    project: dict[str, str],
    uv_cache: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Team]:
    monkeypatch.setenv("UV_CACHE_DIR", uv_cache)
    root = tmp_path / "deployed"
    root.mkdir()
    (root / "releases").symlink_to(releases)
    stage = {"package": {"cmd": "true", "outs": ["models/late-arrival"]}}
    files = {"dvc.yaml": yaml.safe_dump({"stages": stage}), ".gitignore": "__pycache__/\n"}
    shutil.copytree(code, repository.root / "src")
    team = Team(repository, root, bundles, {"staging": free_port(), "production": free_port()})
    team.run("mlgitops", "storage", "attach")
    commit(repository, files | project)
    team.want("staging", "late-arrival@latest")
    yield team
    for found in status.every(root):
        status.stop(root, found.name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
