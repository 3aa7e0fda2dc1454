"""Check, comment and summary are told apart: what one place refuses is in the others, and the job says so."""

import os
from pathlib import Path

import httpx
import pytest

from loopback.hub import Fault
from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.github import api as module
from mlgitops.github.api import Api
from mlgitops.github.reporting import report
from mlgitops.report import markdown
from mlgitops.report.schema import Changes, Expectation, Validation, ValueChange
from tests.mlgitops.github.conftest import Job
from tests.mlgitops.states.golden_files import held

RUN = {"GITHUB_RUN_ID": "99", "GITHUB_SERVER_URL": "https://github.com"}


@pytest.fixture
def summary(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in (RUN | {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "summary.md"


def run(job: Job) -> None:
    report(Api(), job.checkout, job.run)


@pytest.mark.parametrize("status", [503, 404])
def test_without_the_comment_the_check_is_set_and_the_job_says_where_the_report_is(
    job: Job, summary: Path, status: int
) -> None:
    job.upload({"report.json": job.report()})
    job.github.hub.faults = [Fault("POST .*/comments", status, message="Not now")]
    with pytest.raises(CannotCheck) as raised:
        run(job)
    said = str(raised.value)
    assert f"POST issues/1/comments ({status} Not now)" in said and "\n" not in said
    assert "The whole report is in the summary of https://github.com/acme/flights/actions/runs/99" in said
    assert job.check(job.run.head) == "success"
    assert "## ✅ Ready" in summary.read_text()
    if status == 503:
        held("api-failing", f"{said}\n\n{summary.read_text()}")


def test_without_the_check_the_comment_is_made(job: Job, summary: Path) -> None:
    job.upload({"report.json": job.report()})
    job.github.hub.tokens[os.environ["GITHUB_TOKEN"]].permissions["checks"] = "none"
    with pytest.raises(CannotCheck, match=r"check-runs .*403 Resource not accessible"):
        run(job)
    assert "## ✅ Ready" in job.comments[0]
    assert "## ✅ Ready" in summary.read_text()


def test_without_the_timeline_a_fail_stays_a_fail(job: Job, summary: Path) -> None:
    job.upload({"report.json": job.report(verdict="do-not-merge")})
    job.label()
    job.github.hub.faults = [Fault("/timeline", 500)]
    with pytest.raises(CannotCheck, match="timeline"):
        run(job)
    assert job.check(job.run.head) == "failure" and "Do not merge" in job.comments[0]


def test_a_job_that_is_re_run_after_it_recorded_posts_what_was_refused(job: Job, summary: Path) -> None:
    job.upload({"report.json": job.report(), **job.trained()})
    job.github.hub.faults = [Fault("POST .*/(comments|check-runs)", 404)]
    with pytest.raises(CannotCheck):
        run(job)
    recorded = job.origin.find("refs/heads/change")
    job.github.hub.faults = []
    run(job)
    assert job.origin.find("refs/heads/change") == recorded
    assert job.check(recorded) == job.check(job.run.head) == "success"
    assert f"files committed as `{recorded[:7]}`" in job.comments[0]


def test_a_run_that_was_run_again_with_another_result_than_was_recorded_gets_no_verdict(job: Job) -> None:
    job.upload({"report.json": job.report(), **job.trained()})
    run(job)
    recorded = job.origin.find("refs/heads/change")
    job.upload({"report.json": job.report(), **job.trained(b"another model")})
    with pytest.raises(CheckFailed, match=f"not the one that was recorded: {recorded[:7]}"):
        run(job)
    assert job.check(recorded) == job.check(job.run.head) == "failure"
    assert "No verdict" in job.comments[0]


def test_a_comment_whose_answer_got_lost_is_made_once(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.5)
    job.upload({"report.json": job.report()})
    job.github.hub.faults = [Fault("POST .*/comments", delay=1.2, times=1)]
    run(job)
    assert len(job.comments) == 1


def test_the_summary_has_what_is_too_long_for_a_comment(job: Job, summary: Path) -> None:
    long = "\U0001f600" * 75
    changed = [ValueChange(name=f"{kind}.{n:02}.{long}", base=long, head=long) for kind in "ab" for n in range(30)]
    failures = [Expectation(suite=long, type=long, column=long, severity="critical", success=False)] * 50
    validation = Validation(total=50, passed=0, severity="critical", failures=failures)
    facts = {"changes": Changes(params=changed[:30], packages=changed[30:]), "validation": validation}
    job.upload({"report.json": job.report(**facts)})
    run(job)
    whole = summary.read_text()
    assert len(job.comments[0].encode()) < markdown.MAX_BYTES < len(whole.encode())
    assert "Shortened" in job.comments[0] and "Shortened" not in whole
    assert all(change.name[:4] in whole for change in changed[:30])
    assert not all(change.name[:4] in job.comments[0] for change in changed[:30])


def test_the_comment_leads_to_its_run_and_its_artifacts(job: Job) -> None:
    job.upload({"report.json": job.report()})
    run(job)
    assert f"[Run #12]({job.run.url}) · [artifacts]({job.run.url}#artifacts)" in job.comments[0]


def test_the_comment_about_another_pull_request_is_not_taken(job: Job) -> None:
    """A bot that carries comments over from elsewhere has brought one with a marker."""
    other = "<!-- mlgitops:report pr=99 head=none base=none digest=none verdict=ready schema=1 -->\nElsewhere"
    headers = {"Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}"}
    url = f"https://api.github.com/repos/{job.origin.name}/issues/{job.number}/comments"
    httpx.post(url, json={"body": other}, headers=headers).raise_for_status()
    job.upload({"report.json": job.report()})
    run(job)
    run(job)
    assert job.comments[0] == other
    assert len(job.comments) == 2
