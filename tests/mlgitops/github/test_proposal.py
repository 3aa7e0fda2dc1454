"""One pull request for one purpose, against a GitHub that remembers what people did to the one before."""

import os
import subprocess

import pytest

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.github import proposal
from mlgitops.github.api import Api
from mlgitops.github.proposal import Proposal, Proposed, propose, withdraw
from mlgitops.repository.git import Repository
from tests.mlgitops.github.conftest import Job
from tests.repositories import commit

pytestmark = pytest.mark.slow
BRANCH, PATH = "promote/late-arrival", "environments/production.yaml"


def wanted(version: str = "v1.4.0", **more: object) -> Proposal:
    files = {PATH: f"model: {version}\n".encode()}
    return Proposal(BRANCH, f"Promote {version}", f"What {version} does", files, **more)


def pull(job: Job, number: int) -> dict:
    return job.github.pull(job.origin, number)


def close(job: Job, number: int) -> None:
    Api().call("PATCH", f"pulls/{number}", json={"state": "closed"})
    assert pull(job, number)["state"] == "closed"


def person(job: Job, *arguments: str) -> None:
    """What a person does with git on a laptop."""
    environment = os.environ | job.github.environment(job.origin)
    subprocess.run(["git", *arguments], cwd=job.laptop.root, env=environment, check=True, capture_output=True)


def test_a_proposal_is_one_commit_on_top_of_main_with_a_pull_request(job: Job) -> None:
    made = propose(Api(), wanted(labels=("promotion",)))
    found = pull(job, made.number)
    assert (made.changed, made.is_open, made.url) == (True, True, found["html_url"])
    assert found["title"] == "Promote v1.4.0" and found["body"].startswith("What v1.4.0 does\n")
    assert [label["name"] for label in found["labels"]] == ["promotion"]
    assert job.origin.find(f"{made.head}^") == job.origin.find("refs/heads/main")
    assert job.origin.changed("main", BRANCH) == [PATH]
    assert job.origin.read(BRANCH, PATH) == "model: v1.4.0"


def test_the_same_again_does_nothing(job: Job) -> None:
    made = propose(Api(), wanted())
    commit(job.laptop, {"other.txt": "elsewhere"})
    job.laptop.git("push", "--quiet", "origin", "HEAD:main")
    assert propose(Api(), wanted()) == Proposed(made.number, made.url, False, made.head)
    assert job.origin.find(f"refs/heads/{BRANCH}") == made.head


def test_newer_content_updates_the_same_pull_request(job: Job) -> None:
    made = propose(Api(), wanted())
    again = propose(Api(), wanted("v1.5.0"))
    assert again.number == made.number and again.changed
    assert pull(job, made.number)["title"] == "Promote v1.5.0"
    assert job.origin.read(BRANCH, PATH) == "model: v1.5.0"
    assert job.origin.find(f"{BRANCH}^") == job.origin.find("main")


def test_newer_words_alone_are_told(job: Job) -> None:
    made = propose(Api(), wanted())
    told = Proposal(BRANCH, "Promote v1.4.0", "What it does today", wanted().files)
    assert propose(Api(), told) == Proposed(made.number, made.url, True, made.head)
    assert pull(job, made.number)["body"].startswith("What it does today")


@pytest.mark.parametrize("amend", [False, True], ids=["committed", "amended"])
def test_what_a_person_committed_to_the_branch_stays(job: Job, amend: bool) -> None:
    propose(Api(), wanted())
    person(job, "fetch", "--quiet", job.origin.url, BRANCH)
    job.laptop.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    (job.laptop.root / PATH).write_text("model: mine\n")
    job.laptop.git("commit", "--quiet", "--all", *(["--amend", "--no-edit"] if amend else ["-m", "Mine"]))
    person(job, "push", "--quiet", "--force", job.origin.url, f"HEAD:refs/heads/{BRANCH}")
    mine = job.origin.find(f"refs/heads/{BRANCH}")
    with pytest.raises(CheckFailed, match=f"A person has committed to this branch.*: {BRANCH}"):
        propose(Api(), wanted("v1.5.0"))
    with pytest.raises(CheckFailed, match="A person has committed"):
        withdraw(Api(), BRANCH, "Pointless")
    assert job.origin.find(f"refs/heads/{BRANCH}") == mine


def test_main_merged_into_the_branch_is_no_work_of_a_person(job: Job) -> None:
    made = propose(Api(), wanted())
    commit(job.laptop, {"other.txt": "elsewhere"})
    job.laptop.git("push", "--quiet", "origin", "HEAD:main")
    merged = job.origin.merge(made.head, job.origin.find("main"), "Merge branch 'main'")
    job.origin.set_ref(f"refs/heads/{BRANCH}", merged)
    assert propose(Api(), wanted("v1.5.0")).changed
    assert job.origin.find(f"{BRANCH}^") == job.origin.find("main")


@pytest.mark.parametrize("merged", [False, True], ids=["closed", "merged"])
def test_what_a_person_decided_on_is_not_proposed_again(job: Job, merged: bool) -> None:
    made = propose(Api(), wanted())
    main = job.origin.find("main")
    job.github.merge_pull(job.origin, made.number) if merged else close(job, made.number)
    job.origin.set_ref("refs/heads/main", main)  # taken back
    again = propose(Api(), wanted())
    assert (again.number, again.changed, again.is_open) == (made.number, False, False)
    assert len(job.origin.pulls) == 2
    assert propose(Api(), wanted("v1.5.0")).number != made.number


def test_what_a_person_asks_for_is_proposed_again(job: Job) -> None:
    made = propose(Api(), wanted())
    close(job, made.number)
    again = propose(Api(), wanted(asked=True))
    assert again.is_open and again.number != made.number


def test_a_pointless_one_is_closed_with_a_reason_and_may_come_back(job: Job) -> None:
    made = propose(Api(), wanted())
    assert withdraw(Api(), BRANCH, "Production names it already.") == made.number
    assert pull(job, made.number)["state"] == "closed"
    (said,) = job.github.comments(job.origin, made.number)
    assert said["body"] == "Production names it already."
    assert withdraw(Api(), BRANCH, "Again") is None
    assert propose(Api(), wanted()).is_open


def test_a_branch_that_was_merged_and_stayed_is_used_again(job: Job) -> None:
    made = propose(Api(), wanted())
    job.github.merge_pull(job.origin, made.number)
    again = propose(Api(), wanted("v1.5.0"))
    assert again.number != made.number
    assert job.origin.find(f"{again.head}^") == job.origin.find("main")


def test_what_was_made_from_an_older_main_undoes_nothing_of_the_newer(job: Job) -> None:
    old = job.origin.find("main")
    Repository(job.laptop.root).git("checkout", "--quiet", "--detach", old)
    commit(job.laptop, {"other.txt": "elsewhere"})
    job.laptop.git("push", "--quiet", "origin", "HEAD:main")
    made = propose(Api(), wanted(base=old))
    job.github.merge_pull(job.origin, made.number)
    assert job.origin.read("main", "other.txt") == "elsewhere"


def test_where_no_job_may_open_pull_requests_the_branch_and_the_link_are_there(job: Job) -> None:
    job.origin.settings["actions/permissions/workflow"] = {"can_approve_pull_request_reviews": False}
    with pytest.raises(CannotCheck) as raised:
        propose(Api(), wanted())
    assert "not permitted to create or approve pull requests" in str(raised.value)
    assert proposal.compare_url(job.origin.name, "main", BRANCH) in str(raised.value)
    assert job.origin.read(BRANCH, PATH) == "model: v1.4.0"
    job.origin.settings.clear()
    assert propose(Api(), wanted()).is_open
