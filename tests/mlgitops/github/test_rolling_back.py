"""Rollbacks on GitHub: asked for by a job, by a person with a token, and by a person without one."""

import os
import subprocess
from pathlib import Path

import pytest

from mlgitops.errors import CannotCheck
from mlgitops.github.proposal import compare_url
from mlgitops.github.rolling_back import rollback
from mlgitops.repository.git import Repository
from mlgitops.repository.upstream import fetch
from tests.mlgitops.github.conftest import NAME, Job
from tests.repositories import commit

pytestmark = pytest.mark.slow
PATH = "environments/production.yaml"
FILE = "service: a.service\naddress: a:1\nafter: staging\nendpoints:\n  late:\n    routes: [{model: late-arrival@%s}]\n"


@pytest.fixture
def served(job: Job, monkeypatch: pytest.MonkeyPatch) -> Job:
    """main, where production has served three versions; the newest came with another file."""
    laptop = job.laptop
    laptop.git("checkout", "--quiet", "--detach", job.origin.find("main"))
    for version, others in {"v1.2.0": {}, "v1.3.0": {}, "v1.4.0": {"notes.txt": "Why\n"}}.items():
        commit(laptop, {PATH: FILE % version, **others}, f"Promote late-arrival {version} to production (#3)")
    laptop.git("push", "--quiet", "origin", "HEAD:main")
    monkeypatch.setenv("GITHUB_RUN_ID", "9")
    return job


def newest(job: Job) -> dict:
    return job.origin.pulls[-1]


def test_a_job_opens_what_can_be_merged_at_once(served: Job) -> None:
    said = rollback(served.checkout, "production")
    pull = newest(served)
    assert said == f"Roll back production to late-arrival v1.3.0: merge {pull['html_url']}"
    assert pull["title"] == "Roll back production to late-arrival v1.3.0"
    assert "What else came with it stays: `notes.txt`." in pull["body"]
    assert f"This reverts commit {served.origin.find('main')}" in pull["body"]
    assert served.origin.changed("main", pull["head"]["ref"]) == [PATH]
    assert served.check(pull["head"]["sha"]) == "neutral"  # which branch rules let pass
    (comment,) = served.github.comments(served.origin, pull["number"])
    assert "production goes back to `late-arrival@v1.3.0`; a rollback is not measured" in comment["body"]
    assert "**To clear it:** approving says yes." in comment["body"]
    served.github.merge_pull(served.origin, pull["number"])
    assert served.origin.read("main", PATH) == (FILE % "v1.3.0").strip()
    assert served.origin.read("main", "notes.txt") == "Why"


def test_again_after_the_merge_goes_back_one_further(served: Job) -> None:
    for version in ("v1.3.0", "v1.2.0"):
        rollback(served.checkout, "production")
        assert newest(served)["title"] == f"Roll back production to late-arrival {version}"
        served.github.merge_pull(served.origin, newest(served)["number"])
    assert served.origin.read("main", PATH) == (FILE % "v1.2.0").strip()


def test_twice_before_the_merge_is_once(served: Job) -> None:
    assert rollback(served.checkout, "production") == rollback(served.checkout, "production")
    assert len(served.origin.pulls) == 2


def test_what_was_closed_is_opened_again_for_who_asks(served: Job) -> None:
    rollback(served.checkout, "production")
    first = newest(served)
    first["state"] = "closed"
    rollback(served.checkout, "production")
    assert newest(served)["number"] != first["number"]


@pytest.fixture
def person(served: Job, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A clone on a laptop, outside of any job."""
    for name in ("GITHUB_RUN_ID", "GITHUB_REPOSITORY", "GITHUB_TOKEN"):
        monkeypatch.delenv(name)
    return served.checkout


def test_a_person_opens_it_and_leaves_the_comment_to_the_workflow(
    served: Job, person: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_TOKEN", served.github.people[NAME].value)
    for name, value in served.github.environment(served.origin).items():
        if name.startswith("GIT_CONFIG"):
            monkeypatch.setenv(name, value)
    rollback(person, "production")
    pull = newest(served)
    assert pull["title"] == "Roll back production to late-arrival v1.3.0"
    assert not served.github.comments(served.origin, pull["number"])
    assert {"name": "pull_request", "number": pull["number"]}.items() <= served.github.hub.events[-1].items()


def test_without_a_token_the_branch_is_there_and_the_link(
    served: Job, person: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.git("remote", "set-url", "origin", str(served.origin.path))
    said = rollback(person, "production")
    assert said.startswith("origin is not a repository on GitHub: rollback/production is pushed")
    for name, value in served.github.environment(served.origin).items():
        if name.startswith("GIT_CONFIG"):
            monkeypatch.setenv(name, value)
    served.origin.set_ref("refs/heads/rollback/production", None)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    person.git("remote", "set-url", "origin", served.origin.url)
    said = rollback(person, "production")
    assert said.startswith("There is no token: ")
    assert said.endswith(f"open it at {compare_url(NAME, 'main', 'rollback/production')}")
    assert served.origin.changed("main", "rollback/production") == [PATH]
    assert served.origin.read("rollback/production", PATH) == (FILE % "v1.3.0").strip()
    assert person.git("worktree", "list").count("\n") == 0
    with pytest.raises(CannotCheck, match="rollback/production can't be pushed"):
        commit(served.laptop, {"notes.txt": "Newer\n"})
        served.laptop.git("push", "--quiet", "origin", "HEAD:main")
        rollback(person, "production")


def test_a_conflict_leaves_nothing_half_done(served: Job) -> None:
    sha = served.origin.find("main")
    edited = FILE % "v1.4.1"
    served.laptop.git("checkout", "--quiet", "--detach", sha)
    second = commit(served.laptop, {PATH: edited})
    commit(served.laptop, {PATH: FILE % "v1.4.2"}, f"Back\n\nThis reverts commit {second}.")
    served.laptop.git("push", "--quiet", "origin", "HEAD:main")
    with pytest.raises(CannotCheck, match="newer changes stand on the same lines"):
        rollback(served.checkout, "production")
    assert len(served.origin.pulls) == 1 and served.origin.find("refs/heads/rollback/production") is None


def test_the_default_branch_is_asked_for(served: Job, tmp_path: Path) -> None:
    found = fetch(served.checkout, whole=True)
    assert (found.name, found.commit) == ("main", served.origin.find("main"))
    assert not served.checkout.is_shallow()
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "empty.git"], check=True, env=os.environ)
    served.checkout.git("remote", "set-url", "origin", str(tmp_path / "empty.git"))
    with pytest.raises(CannotCheck, match="origin does not say which branch is its default one"):
        fetch(served.checkout)
