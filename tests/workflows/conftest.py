from pathlib import Path

import pytest

from tests.template import bake


@pytest.fixture(scope="session")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default repository."""
    return bake(tmp_path_factory.mktemp("bake"))
