"""The label that accepts a fail: whose decision it is, about which result, and what it can't accept."""

import os
from pathlib import Path

import pytest

from mlgitops.errors import CannotCheck
from mlgitops.github.api import Api
from mlgitops.github.reporting import report, report_again
from mlgitops.report.schema import Gate, Method, Metric
from tests.mlgitops.github.conftest import Job, ran

INTERVAL = {"base": 0.2, "head": 0.3, "delta": 0.1, "low": 0.09, "high": 0.11, "margin": 0.005}
WORSE = Metric(name="log_loss", role="guardrail", direction="lower", result="worse", **INTERVAL)
FAILED = {
    "verdict": "do-not-merge",
    "gates": [Gate(name="Guardrails", result="fail")],
    "metrics": [WORSE],
    "method": Method(draws=2000, confidence=0.95, seed=0),
}


@pytest.fixture
def failed(job: Job) -> Job:
    """A run whose model is worse, reported."""
    job.upload({"report.json": job.report(**FAILED)})
    report(Api(), job.checkout, job.run)
    assert job.check(job.run.head) == "failure"
    return job


def again(job: Job) -> None:
    report_again(Api(), job.checkout, job.number)


def test_a_label_set_after_the_run_turns_the_fail_into_a_decision_with_a_name(failed: Job) -> None:
    failed.label()
    again(failed)
    assert failed.check(failed.run.head) == "neutral"
    assert failed.title == "⚖️ Overridden: `log_loss` got worse; `ada` accepts it"
    (comment,) = failed.comments
    assert "## ⚖️ Overridden: `log_loss` got worse; `ada` accepts it" in comment
    assert "verdict=overridden" in comment.splitlines()[0]
    assert "❌ **fail**" in comment and "@ada" not in comment and "To clear it" not in comment


def test_removing_the_label_puts_the_fail_back(failed: Job) -> None:
    failed.label()
    again(failed)
    failed.unlabel()
    again(failed)
    assert failed.check(failed.run.head) == "failure"
    assert "Do not merge" in failed.comments[0] and "ada" not in failed.comments[0]


def test_a_label_older_than_the_result_decides_nothing_until_it_is_set_again(job: Job) -> None:
    job.label()
    job.origin.timeline[-1]["created_at"] = job.origin.jobs[-1]["completed_at"]
    job.upload({"report.json": job.report(**FAILED)})
    report(Api(), job.checkout, job.run)
    assert job.check(job.run.head) == "failure"
    assert "`ml-override` by `ada` is older than this result: remove it and set it again" in job.comments[0]
    job.unlabel()
    job.label()
    again(job)
    assert job.check(job.run.head) == "neutral"
    assert "older than this result" not in job.comments[0]


def test_a_label_removed_since_counts_for_nothing(failed: Job) -> None:
    """The listing of the labels may lag behind the timeline."""
    failed.label()
    failed.unlabel()
    failed.github.pull(failed.origin, failed.number)["labels"].append({"name": "ml-override"})
    again(failed)
    assert failed.check(failed.run.head) == "failure"


def test_a_label_set_before_the_report_is_read_by_it(job: Job) -> None:
    job.label()
    job.upload({"report.json": job.report(**FAILED)})
    report(Api(), job.checkout, job.run)
    assert job.check(job.run.head) == "neutral"


def test_whoever_has_left_github_is_named_as_github_names_them(failed: Job) -> None:
    failed.label()
    failed.origin.timeline[-1]["actor"] = None
    again(failed)
    assert "`ghost` accepts it" in failed.title


def test_another_label_accepts_nothing(failed: Job) -> None:
    failed.label("documentation")
    again(failed)
    assert failed.check(failed.run.head) == "failure"


@pytest.mark.parametrize("verdict", ["no-verdict", "not-comparable", "needs-decision", "ready"])
def test_only_a_fail_is_overridden(job: Job, verdict: str) -> None:
    job.upload({"report.json": job.report(verdict=verdict)})
    report(Api(), job.checkout, job.run)
    before = job.check(job.run.head), job.comments
    job.label()
    again(job)
    assert (job.check(job.run.head), job.comments) == before


def test_a_result_that_is_not_recorded_is_not_accepted(job: Job) -> None:
    fork = job.github.fork(job.origin, "mallory")
    job.laptop.git("push", "--quiet", str(fork.path), "HEAD:forked")
    job.number = job.github.open_pull(fork, "forked", "From a fork")["number"]
    job.run = ran(job.origin, 78, job.run.head, "forked", fork.name)
    job.upload({"report.json": job.report(**FAILED), **job.trained()})
    job.label()
    again(job)
    assert job.check(job.run.head) == "failure"
    assert "`ml-override` by `ada` accepts the numbers, but they have to be recorded, too." in job.comments[0]


def test_what_was_recorded_is_not_recorded_again_and_both_commits_get_the_decision(job: Job) -> None:
    job.upload({"report.json": job.report(**FAILED), **job.trained()})
    report(Api(), job.checkout, job.run)
    recorded = job.origin.find("refs/heads/change")
    said = next(line for line in job.comments[0].splitlines() if "Recorded" in line)
    job.label()
    job.github.hub.tokens[os.environ["GITHUB_TOKEN"]].permissions["contents"] = "read"  # as override.yml has it
    again(job)
    assert job.origin.find("refs/heads/change") == recorded != job.run.head
    assert job.check(job.run.head) == job.check(recorded) == "neutral"
    assert said in job.comments[0]


def test_a_result_whose_recording_failed_is_not_accepted(job: Job) -> None:
    job.upload({"report.json": job.report(**FAILED), **job.trained()})
    job.label()
    with pytest.raises(CannotCheck, match="The label changed nothing: .* is not recorded"):
        again(job)
    assert job.comments == [] and job.check(job.run.head) is None


def test_a_commit_that_only_looks_like_a_record_gets_no_decision(failed: Job) -> None:
    """Pushed by a person, with no run of its own, on top of what was measured."""
    forged = failed.push(
        {"src.py": "x = 1\n"}, f"Record the result of {failed.run.head[:7]}\n\nTrained by me [skip ci]"
    )
    failed.label()
    again(failed)
    assert failed.check(forged) is None
    assert failed.check(failed.run.head) == "failure"


def test_a_run_that_goes_on_is_left_to_its_own_report(failed: Job, capsys: pytest.CaptureFixture[str]) -> None:
    ran(failed.origin, 79, failed.run.head, "change", status="in_progress")
    failed.label()
    again(failed)
    assert failed.check(failed.run.head) == "failure"
    assert "the run's own report will look at the label" in capsys.readouterr().out


def test_an_expired_artifact_changes_nothing_and_is_said(
    failed: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = failed.comments
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    failed.origin.artifacts[0]["expired"] = True
    failed.label()
    with pytest.raises(CannotCheck, match="run #12 can't be reported again.*artifact has expired.*Re-run that run"):
        again(failed)
    assert (failed.comments, failed.check(failed.run.head)) == (before, "failure")
    assert "The label changed nothing" in (tmp_path / "summary.md").read_text()


def test_another_branch_at_the_same_commit_has_a_run_of_its_own(failed: Job) -> None:
    failed.laptop.git("push", "--quiet", str(failed.origin.path), "HEAD:twin")
    failed.github.open_pull(failed.origin, "twin", "The same from another branch")
    ran(failed.origin, 90, failed.run.head, "twin", status="in_progress")
    failed.label()
    again(failed)
    assert "accepts it" in failed.comments[0] and failed.run.url in failed.comments[0]


def test_a_closed_pull_request_is_left_alone(failed: Job) -> None:
    failed.github.pull(failed.origin, failed.number)["state"] = "closed"
    failed.label()
    again(failed)
    assert failed.check(failed.run.head) == "failure"
