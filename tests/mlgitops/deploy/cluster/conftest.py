"""A team whose repository was made for Kubernetes."""

import shutil
from pathlib import Path

import pytest

from mlgitops.repository.git import Repository
from tests.mlgitops.deploy.conftest import Team
from tests.repositories import commit
from tests.template import bake


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository that the template makes for it."""
    return bake(tmp_path_factory.mktemp("bake"), deploy_target="kubernetes", package="flights")


@pytest.fixture
def cluster(team: Team, generated: Path) -> Team:
    """Both environments want late-arrival@v0.1.0, which is registered."""
    shutil.copytree(generated / "deploy", team.repository.root / "deploy")
    version = team.package(1.0)
    team.want("production", version, after="staging")
    push(team.repository)
    return team


def push(repository: Repository, files: dict[str, str] | None = None) -> None:
    """Commit, as a merge to main does."""
    commit(repository, files or {})
    repository.git("push", "--quiet", "origin", "HEAD:main")
