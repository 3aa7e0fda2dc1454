from pathlib import Path

import pytest

from tests.template import bake


@pytest.fixture(scope="session")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default repository."""
    return bake(tmp_path_factory.mktemp("bake"))


@pytest.fixture(scope="session")
def kubernetes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository that is deployed to a cluster: with every workflow that there is."""
    return bake(tmp_path_factory.mktemp("bake"), deploy_target="kubernetes")
