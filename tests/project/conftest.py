from pathlib import Path

import pytest

from tests.project.baked import Baked
from tests.template import bake


@pytest.fixture(scope="session")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Baked:
    """A repository with good data, in which no stage has run."""
    folder = tmp_path_factory.mktemp("baked")
    made = Baked(bake(folder, data_remote="local", data_remote_url=str(folder / "remote")))
    made.create()
    return made


@pytest.fixture(scope="session")
def prepared(baked: Baked, tmp_path_factory: pytest.TempPathFactory) -> Baked:
    """One in which the stages before the training have run."""
    made = baked.copy(tmp_path_factory.mktemp("prepared") / "project")
    made.must("dvc", "repro", "--quiet", "prepare")
    made.commit()
    return made


@pytest.fixture(scope="session")
def undisturbed(prepared: Baked, tmp_path_factory: pytest.TempPathFactory) -> Baked:
    """One in which all stages have run, from the prepared one on."""
    made = prepared.copy(tmp_path_factory.mktemp("undisturbed") / "project")
    made.must("dvc", "repro", "--quiet")
    made.commit()
    return made


@pytest.fixture
def project(baked: Baked, tmp_path: Path) -> Baked:
    return baked.copy(tmp_path / "project")
