"""The service of a generated project, as a process."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.browser.conftest import browser
from tests.template import bake

__all__ = ["browser"]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bake(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="session")
def bench(project: Path) -> ModuleType:
    """What the project's own tests of its service have: small bundles, and a process that serves them."""
    sys.path.insert(0, str(project / "src"))
    spec = importlib.util.spec_from_file_location("bench_of_the_service", project / "tests" / "service" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def service(bench: ModuleType, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A service with routes, a shadow and a pipeline."""
    folder = tmp_path_factory.mktemp("state")
    bench.make_environment(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(project / "src"))
        running = bench.Service(folder)
        running.start()
    yield running
    running.stop()
