"""While a newer run goes on: what is shown is said to be old, and the new head is not without a check."""

import pytest

from mlgitops.github.api import Api
from mlgitops.github.reporting import report
from mlgitops.github.running import announce
from mlgitops.report.schema import Revision
from tests.mlgitops.github.conftest import Job, ran
from tests.mlgitops.states.golden_files import held


@pytest.fixture
def pushed(job: Job) -> Job:
    """A run that was reported, and a newer one that has just been requested."""
    job.upload({"report.json": job.report()})
    report(Api(), job.checkout, job.run)
    head = job.push({"params.yaml": "max_iter: 300\n"})
    job.run = ran(job.origin, 78, head, "change", status="queued")
    return job


def test_the_old_comment_says_that_a_run_goes_on_and_whose_result_it_shows(pushed: Job) -> None:
    (old,) = pushed.comments
    announce(Api(), pushed.run)
    (comment,) = pushed.comments
    marker, rest = old.split("\n", 1)
    shown = pushed.origin.find("refs/heads/change^")
    line = f"⏳ Running on `{pushed.run.head[:7]}`; below: the result of `{shown[:7]}`"
    assert comment == f"{marker}\n\n{line}\n{rest}"
    held("running", comment)


def test_the_check_of_the_new_head_is_in_progress(pushed: Job) -> None:
    announce(Api(), pushed.run)
    check = pushed.github.checks(pushed.origin, pushed.run.head)["mlgitops/verdict"]
    assert (check["status"], check["conclusion"]) == ("in_progress", None)
    assert check["details_url"] == pushed.run.url


def test_a_second_push_replaces_the_line(pushed: Job) -> None:
    announce(Api(), pushed.run)
    pushed.run = ran(pushed.origin, 79, pushed.push({"params.yaml": "max_iter: 400\n"}), "change", status="queued")
    announce(Api(), pushed.run)
    assert pushed.comments[0].count("⏳ Running on") == 1
    assert f"⏳ Running on `{pushed.run.head[:7]}`" in pushed.comments[0]


def test_the_report_of_the_new_run_replaces_it_all(pushed: Job) -> None:
    announce(Api(), pushed.run)
    pushed.upload({"report.json": pushed.report(head=Revision(commit=pushed.run.head))})
    report(Api(), pushed.checkout, pushed.run)
    (comment,) = pushed.comments
    assert "⏳" not in comment and f"head={pushed.run.head}" in comment
    checks = [one for one in pushed.origin.check_runs if one["head_sha"] == pushed.run.head]
    assert [(one["status"], one["conclusion"]) for one in checks] == [("completed", "success")]


def test_the_first_run_of_a_pull_request_has_a_check_only(job: Job) -> None:
    job.origin.runs[-1]["status"] = "in_progress"
    announce(Api(), job.run)
    assert job.comments == []
    assert job.github.checks(job.origin, job.run.head)["mlgitops/verdict"]["status"] == "in_progress"


def test_a_run_that_has_ended_meanwhile_is_not_announced(pushed: Job) -> None:
    before = pushed.comments
    pushed.origin.runs[-1]["status"] = "completed"
    announce(Api(), pushed.run)
    assert pushed.comments == before
    assert pushed.check(pushed.run.head) is None


def test_a_run_whose_head_has_moved_is_not_announced(pushed: Job) -> None:
    before = pushed.comments
    pushed.push({"params.yaml": "max_iter: 400\n"})
    announce(Api(), pushed.run)
    assert pushed.comments == before


def test_a_run_that_somebody_cancelled_leaves_no_check_in_progress(pushed: Job) -> None:
    announce(Api(), pushed.run)
    pushed.origin.artifacts.clear()
    pushed.origin.runs[-1] |= {"status": "completed", "conclusion": "cancelled"}
    with pytest.raises(Exception, match="ended before it could report"):
        report(Api(), pushed.checkout, pushed.run)
    assert pushed.check(pushed.run.head) == "failure"
    assert "⏳" not in pushed.comments[0]
