"""The manifests of a generated repository, as kustomize renders them."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.template import BIN, bake

Rendered = dict[str, dict[str, Any]]
ROLLOUTS = "# components: [../../components/rollouts]"  # as it stands in the overlay of production


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bake(tmp_path_factory.mktemp("bake"), deploy_target="kubernetes")


@pytest.fixture(scope="session")
def manifests(project: Path) -> Path:
    return project / "deploy" / "kubernetes"


@pytest.fixture(scope="session")
def rendered(manifests: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rendered]:
    """staging, production, and production with the component rollouts: kind/name → object."""
    copy = shutil.copytree(manifests, tmp_path_factory.mktemp("rollouts") / "kubernetes")
    file = copy / "overlays" / "production" / "kustomization.yaml"
    assert ROLLOUTS in file.read_text()
    file.write_text(file.read_text().replace(ROLLOUTS, ROLLOUTS.removeprefix("# ")))
    overlays = {name: manifests / "overlays" / name for name in ("staging", "production")}
    return {name: render(folder) for name, folder in (overlays | {"rollouts": file.parent}).items()}


@pytest.fixture(scope="session")
def applications(manifests: Path) -> Rendered:
    """What a person gives to Argo CD, once."""
    return named(
        yaml.safe_load_all("\n---\n".join(file.read_text() for file in (manifests / "argo-cd").glob("*.yaml")))
    )


def render(folder: Path) -> Rendered:
    done = subprocess.run([BIN / "kubectl", "kustomize", folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return named(yaml.safe_load_all(done.stdout))


def named(documents: Any) -> Rendered:
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in documents}


def queries(found: Rendered) -> list[str]:
    """What the analysis of a roll-out asks Prometheus, in order."""
    metrics = found["AnalysisTemplate/models"]["spec"]["metrics"]
    return [metric["provider"]["prometheus"]["query"] for metric in metrics]
