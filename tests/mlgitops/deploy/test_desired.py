"""A version means the digest that it was registered with, and nothing else."""

import pytest

from mlgitops.environments.desired import NothingRegistered, find
from mlgitops.errors import CheckFailed

pytestmark = pytest.mark.slow


def test_the_newest_by_number_and_a_named_one(team):
    for _ in range(3):
        last = team.package(1.0 + _)
    assert find(team.repository, "late-arrival@latest").version == last == "late-arrival@v0.1.2"
    first, newest = (find(team.repository, f"late-arrival@v0.1.{number}") for number in (0, 2))
    assert first.digest != newest.digest and first.path == "models/late-arrival"


def test_a_version_that_does_not_exist_names_the_newest(team):
    team.package(1.0)
    with pytest.raises(CheckFailed, match=r"late-arrival@v1\.0\.0\. The newest is late-arrival@v0\.1\.0"):
        find(team.repository, "late-arrival@v1.0.0")


def test_a_model_without_any_version(team):
    with pytest.raises(NothingRegistered):
        find(team.repository, "late-arrival@v0.1.0")


def test_a_tag_whose_commit_says_another_digest(team):
    version = team.package(1.0)
    message = team.repository.git("for-each-ref", "--format=%(contents)", f"refs/tags/{version}")
    team.package(2.0)
    team.repository.git("push", "--quiet", "--delete", "origin", "late-arrival@v0.1.1")
    team.repository.git("tag", "--delete", "late-arrival@v0.1.1")
    team.repository.git("tag", "--annotate", "late-arrival@v0.1.1", "--message", message)
    team.repository.git("push", "--quiet", "origin", "refs/tags/late-arrival@v0.1.1")
    with pytest.raises(CheckFailed, match="does not say the digest of the tag"):
        find(team.repository, "late-arrival@latest")
