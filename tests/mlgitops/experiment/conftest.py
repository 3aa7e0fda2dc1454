"""An environment's folder on this machine, its log written by the template's own service."""

import importlib
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mlgitops.deploy.place import Place
from tests.mlgitops.experiment.traffic import GATES, Traffic
from tests.mlgitops.github.conftest import job  # noqa: F401 a fixture
from tests.template import PROJECT

SERVICE = PROJECT / "src" / "{{cookiecutter.package}}" / "service"


@pytest.fixture(scope="session")
def service_log(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The service's module `log`."""
    folder = tmp_path_factory.mktemp("code")
    shutil.copytree(SERVICE, folder / "logging_service", ignore=shutil.ignore_patterns("__pycache__"))
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("logging_service.logs.log")
    finally:
        sys.path.remove(str(folder))


@pytest.fixture
def traffic(tmp_path: Path, service_log: ModuleType) -> Traffic:
    return Traffic(Place(tmp_path / "deployed" / "production"), service_log)


@pytest.fixture
def gates(tmp_path: Path) -> list[Path]:
    file = tmp_path / "gates.yaml"
    file.write_text(GATES)
    return [file]
