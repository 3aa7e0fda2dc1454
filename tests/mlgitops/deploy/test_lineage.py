"""Which commit is newer, asked in clones that hold much or little of the history."""

from collections.abc import Callable

import pytest

from mlgitops.deploy import lineage
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage
from tests.mlgitops.versions.trained import train
from tests.repositories import commit


@pytest.fixture
def history(repository: Repository) -> list[str]:
    commits = [commit(repository, {"a": str(number)}) for number in range(4)]
    repository.git("push", "--quiet", "origin", "HEAD:main")
    return commits


def test_in_a_whole_clone(repository: Repository, history: list[str]) -> None:
    assert lineage.of(repository, history[1], history[1]) == "same"
    assert lineage.of(repository, history[2], history[1]) == "newer"
    assert lineage.of(repository, history[1], history[2]) == "older"


def test_in_a_clone_that_has_the_last_commit_alone(clone: Callable[..., Repository], history: list[str]) -> None:
    shallow = clone("shallow", "--depth", "1", "--branch", "main")
    assert lineage.of(shallow, history[3], history[0]) == "newer"


def test_in_a_clone_of_an_old_commit_that_runs_again(clone: Callable[..., Repository], history: list[str]) -> None:
    old = clone("old", "--depth", "1", "--branch", "main")
    old.git("fetch", "--quiet", "--depth", "1", "origin", history[1])
    old.git("checkout", "--quiet", history[1])
    assert lineage.of(old, history[1], history[3]) == "older"


def test_after_the_history_was_rewritten(repository: Repository, clone, history: list[str]) -> None:
    repository.git("reset", "--quiet", "--hard", history[0])
    other = commit(repository, {"b": "1"})
    repository.git("push", "--quiet", "--force", "origin", "HEAD:main")
    assert lineage.of(repository, other, history[3]) == "apart"
    assert lineage.of(clone("new", "--depth", "1", "--branch", "main"), other, history[3]) == "apart"


@pytest.mark.slow
def test_the_branch_of_the_data_stays_as_short_as_it_was(repository: Repository, clone) -> None:
    train(repository, "one")
    train(repository, "two")
    first, last = repository.git("rev-list", "--max-parents=0", "HEAD"), repository.rev_parse("HEAD")
    shallow = clone("shallow", "--depth", "1", "--branch", "main")
    Storage(shallow).attach()
    assert Storage(shallow).tree.git("rev-list", "--count", "HEAD") == "1"
    assert lineage.of(shallow, last, first) == "newer"
    assert Storage(shallow).tree.git("rev-list", "--count", "HEAD") == "1"
