"""Merges as GitHub writes them: by a merge commit, squashed, or pushed directly."""

import pytest

from mlgitops.errors import CannotCheck
from mlgitops.repository import merges
from mlgitops.repository.git import Repository
from tests.repositories import commit


def merge(repository: Repository, branch: str, message: str) -> tuple[str, str]:
    """A branch of one commit, merged; that commit, and the merge."""
    repository.git("switch", "--quiet", "--create", branch)
    made = commit(repository, {f"{branch}.txt": branch}, f"Work on {branch}")
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "-m", message, branch)
    return made, repository.rev_parse("HEAD")


def test_a_commit_of_a_branch_is_in_the_merge_that_brought_it(repository: Repository) -> None:
    first = merge(repository, "one", "Merge pull request #7 from team/one\n\nAdd one")
    second = merge(repository, "two", "Merge pull request #8 from team/two")
    repository.git("push", "--quiet", "origin", "main")
    found = [merges.of(repository, made) for made, _ in (first, second)]
    assert [(each.commit, each.pull) for each in found] == [(first[1], 7), (second[1], 8)]
    assert [each.subject for each in found] == ["Add one", "Merge pull request #8 from team/two"]
    assert merges.of(repository, first[1]).pull == 7


@pytest.mark.parametrize(
    ("subject", "pull"), [("Add one (#31)", 31), ("Add one", None), ("Say (#3) and more", None), ("(#1) (#22)", 22)]
)
def test_a_squash_and_a_direct_push(repository: Repository, subject: str, pull: int | None) -> None:
    made = commit(repository, {"a": "1"}, subject)
    repository.git("push", "--quiet", "origin", "main")
    found = merges.of(repository, made)
    assert (found.commit, found.subject, found.pull, found.author) == (made, subject, pull, "Ada")


def test_what_is_not_merged(repository: Repository) -> None:
    assert merges.of(repository, commit(repository, {"a": "1"})) is None


def test_a_commit_that_this_clone_does_not_have(repository: Repository, clone) -> None:
    old = repository.rev_parse("HEAD")
    commit(repository, {"a": "1"})
    repository.git("push", "--quiet", "origin", "main")
    shallow = clone("shallow", "--depth", "1", "--branch", "main")
    assert merges.known(shallow, old) is None
    with pytest.raises(CannotCheck, match=r"only a part of the history\. Run git fetch --unshallow"):
        merges.of(shallow, old)
