"""Which change a rollback takes back, in histories as merges, squashes and reverts leave them."""

import pytest

from mlgitops.environments import undo
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from tests.repositories import commit

PATH = "environments/production.yaml"
FILE = """\
service: flights.service
address: 127.0.0.1:8080
# one worker is enough
workers: 1

after: staging

endpoints:
  late:
    routes:
      - {model: late-arrival@v1.0.0}
"""


def serve(repository: Repository, version: str, **others: str) -> str:
    """A commit on main that changes the version."""
    return edit(repository, FILE.replace("v1.0.0", version), **others)


def edit(repository: Repository, text: str, **others: str) -> str:
    return commit(repository, {PATH: text, **others})


def now(repository: Repository) -> str:
    return repository.show("HEAD", PATH).decode()


def merge(repository: Repository, version: str, **others: str) -> str:
    """The same by a branch with two commits and a merge."""
    repository.git("checkout", "--quiet", "-b", f"promote-{version}")
    commit(repository, {"notes.txt": version})
    serve(repository, version, **others)
    repository.git("checkout", "--quiet", "main")
    message = f"Merge pull request #7 from acme/promote\n\nPromote late-arrival {version}"
    repository.git("merge", "--quiet", "--no-ff", f"promote-{version}", "-m", message)
    return repository.rev_parse("HEAD")


def roll_back(repository: Repository, *, squashed: bool = False) -> str:
    """What merging a rollback does; the version that serves then."""
    found = undo.last(repository, "production", "HEAD")
    note = f"This reverts commit {found.merge.commit}."
    if squashed:
        commit(repository, {PATH: found.content.decode()}, f"Roll back (#9)\n\n{note}")
    else:
        repository.git("checkout", "--quiet", "-B", f"back-{found.merge.commit[:7]}")
        commit(repository, {PATH: found.content.decode()}, f"Roll back\n\n{note}")
        repository.git("checkout", "--quiet", "main")
        repository.git("merge", "--quiet", "--no-ff", "-", "-m", "Merge pull request #8 from acme/rollback\n\nBack")
    (version,) = found.versions
    assert f"{{model: {version}}}" in now(repository)
    return version.partition("@")[2]


@pytest.mark.parametrize("squashed", [False, True])
def test_back_and_back_once_more(repository: Repository, squashed: bool) -> None:
    for version in ("v1.0.0", "v1.1.0", "v1.2.0"):
        merge(repository, version)
    commit(repository, {"README.md": "Elsewhere\n"})
    assert roll_back(repository, squashed=squashed) == "v1.1.0"
    assert roll_back(repository, squashed=squashed) == "v1.0.0"
    with pytest.raises(CannotCheck, match="There is nothing to go back to"):
        roll_back(repository)


def test_what_is_taken_back_is_the_merge(repository: Repository) -> None:
    serve(repository, "v1.0.0")
    sha = merge(repository, "v1.1.0")
    found = undo.last(repository, "production", "HEAD")
    assert (found.merge.commit, found.merge.pull, found.merge.subject) == (sha, 7, "Promote late-arrival v1.1.0")
    assert found.others == ["notes.txt"]
    assert found.content.decode() == FILE


def test_after_a_promotion_that_followed_a_rollback(repository: Repository) -> None:
    for version in ("v1.0.0", "v1.1.0"):
        merge(repository, version)
    roll_back(repository)
    merge(repository, "v1.2.0")
    assert roll_back(repository) == "v1.0.0"


def test_a_rollback_that_was_taken_back_is_over(repository: Repository) -> None:
    for version in ("v1.0.0", "v1.1.0", "v1.2.0"):
        merge(repository, version)
    roll_back(repository)
    repository.git("revert", "--no-edit", "-m", "1", "HEAD")
    assert "v1.2.0" in now(repository)
    assert roll_back(repository) == "v1.1.0"


def test_a_revert_of_something_else_is_none_of_the_file(repository: Repository) -> None:
    serve(repository, "v1.0.0")
    other = commit(repository, {"README.md": "Elsewhere\n"})
    commit(repository, {PATH: FILE.replace("v1.0.0", "v1.1.0")}, f"Two things\n\nThis reverts commit {other}.")
    assert roll_back(repository) == "v1.0.0"


def test_a_later_change_of_other_lines_stays(repository: Repository) -> None:
    for version in ("v1.0.0", "v1.1.0"):
        merge(repository, version)
    more = FILE.replace("workers: 1", "workers: 2").replace("v1.0.0", "v1.1.0")
    edit(repository, more)
    found = undo.last(repository, "production", "HEAD")
    assert found.versions == [] and found.content.decode() == FILE.replace("v1.0.0", "v1.1.0")
    repository.git("revert", "--no-edit", "-m", "1", "HEAD~1")
    assert now(repository) == more.replace("v1.1.0", "v1.0.0")


def test_newer_changes_on_the_same_lines_are_for_a_person(repository: Repository) -> None:
    for version in ("v1.0.0", "v1.1.0"):
        merge(repository, version)
    sha = edit(repository, now(repository).replace("v1.1.0", "v1.1.1"))
    commit(repository, {PATH: now(repository).replace("v1.1.1", "v1.1.2")}, f"Back\n\nThis reverts commit {sha}.")
    before = now(repository)
    with pytest.raises(CannotCheck, match="newer changes stand on the same lines.*Nothing was changed"):
        undo.last(repository, "production", "HEAD")
    assert now(repository) == before


def test_the_change_that_made_the_file_stays(repository: Repository) -> None:
    serve(repository, "v1.0.0")
    with pytest.raises(CannotCheck, match=f"is the first that made {PATH}"):
        undo.last(repository, "production", "HEAD")


def test_a_clone_without_its_history_can_t_tell(repository: Repository, clone) -> None:
    for version in ("v1.0.0", "v1.1.0"):
        serve(repository, version)
    repository.git("push", "--quiet", "origin", "HEAD:main")
    with pytest.raises(CannotCheck, match="only a part of the history"):
        undo.last(clone("shallow", "--depth", "1"), "production", "HEAD")


def test_an_environment_that_does_not_exist(repository: Repository) -> None:
    with pytest.raises(CannotCheck, match="No such environment at this commit: nowhere"):
        undo.last(repository, "nowhere", "HEAD")
