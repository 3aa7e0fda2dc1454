import json
import os
import stat
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec
import pytest

from loopback.hub import Fault
from mlgitops.errors import CannotCheck, CheckFailed, Problem
from mlgitops.github.api import Api
from mlgitops.github.reporting import report
from mlgitops.report.schema import Pipeline, Revision, Stage
from tests.killed import killed
from tests.mlgitops.github.conftest import Job, ran
from tests.repositories import commit
from tests.template import ROOT


def run(job: Job) -> None:
    report(Api(), job.checkout, job.run)


def files(job: Job, branch: str) -> set[str]:
    return set(job.origin.git("ls-tree", "-r", "--name-only", f"refs/heads/{branch}").splitlines())


def test_a_trained_run_is_recorded_on_its_branch_and_reported_on_both_commits(job: Job) -> None:
    job.upload({"report.json": job.report(), **job.trained()})
    run(job)
    recorded = job.origin.find("refs/heads/change")
    assert recorded != job.run.head
    assert job.origin.git("rev-parse", f"{recorded}^") == job.run.head
    assert {"dvc.lock", "reports/metrics.json", "params.yaml"} <= files(job, "change")
    assert job.check(job.run.head) == job.check(recorded) == "success"
    assert any(path.startswith("files/md5/") for path in files(job, "dvc-storage"))
    assert len(job.comments) == 1
    assert "`dvc.lock` and 1 files committed as" in job.comments[0]


def test_the_record_remembers_what_the_training_cost(job: Job) -> None:
    pipeline = Pipeline(stages=[Stage(name="train", result="ran", seconds=12.3)], cpu_seconds=20.1)
    job.upload({"report.json": job.report(pipeline=pipeline), **job.trained()})
    run(job)
    message = job.origin.git("log", "-1", "--format=%B", "refs/heads/change")
    assert message.rstrip().endswith("/77\n\nVerdict: ready\n\nTrain-Seconds: 12.3\nTrain-CPU-Seconds: 20.1")


def test_a_commit_of_the_job_starts_nothing(job: Job) -> None:
    job.github.hub.events.clear()
    job.upload({"report.json": job.report(), **job.trained()})
    run(job)
    assert job.github.hub.events == []


def test_a_run_that_trained_nothing_is_reported_only(job: Job) -> None:
    job.upload({"report.json": job.report()})
    run(job)
    assert job.origin.find("refs/heads/change") == job.run.head
    assert "refs/heads/dvc-storage" not in job.origin.refs()
    assert job.check(job.run.head) == "success"


def test_two_runs_edit_one_comment(job: Job) -> None:
    job.upload({"report.json": job.report()})
    run(job)
    run(job)
    assert len(job.comments) == 1


@pytest.mark.parametrize("forged", ["recording/objects/files/md5/aa/" + "b" * 30, "recording/git/src/x.py", "../x"])
def test_a_forged_artifact_is_refused_and_said(job: Job, forged: str) -> None:
    job.upload({"report.json": job.report(), **job.trained(), forged: b"forged"})
    with pytest.raises(CheckFailed):
        run(job)
    assert job.check(job.run.head) == "failure"
    assert "No verdict" in job.comments[0]
    assert job.origin.find("refs/heads/change") == job.run.head
    assert "refs/heads/dvc-storage" not in job.origin.refs()


def test_a_run_without_an_artifact_gets_no_verdict(job: Job) -> None:
    with pytest.raises(CannotCheck, match="ended before it could report"):
        run(job)
    assert job.check(job.run.head) == "failure"


def test_a_report_about_another_commit_is_refused(job: Job) -> None:
    job.upload({"report.json": job.report(head=Revision(commit="0" * 40))})
    with pytest.raises(CheckFailed, match="about another commit"):
        run(job)
    assert job.check(job.run.head) == "failure"


@pytest.mark.fault("forged pull request number", "nobody reads it: the run's own pull request is found by its commit")
@pytest.mark.parametrize("forged", [{"pr-number.txt": b"2"}, {"report.json": b'{"pull": 2, "verdict": "ready"}'}])
def test_a_forged_number_leads_to_no_other_pull_request(job: Job, forged: dict[str, bytes]) -> None:
    job.laptop.git("switch", "--quiet", "--detach", "HEAD^")
    commit(job.laptop, {"params.yaml": "max_iter: 1\n"})
    job.laptop.git("push", "--quiet", str(job.origin.path), "HEAD:refs/heads/victim")
    other = job.github.open_pull(job.origin, "victim", "Somebody else's")["number"]
    assert other == 2
    job.upload({"report.json": job.report()} | forged)
    with suppress(Problem):
        run(job)
    assert len(job.comments) == 1 and job.check(job.run.head) is not None
    assert job.github.comments(job.origin, other) == []
    assert job.check(job.origin.find("refs/heads/victim")) is None


def test_one_branch_for_two_pull_requests_leaves_none_of_them_guessed(job: Job) -> None:
    job.origin.git("branch", "release", "main")
    job.github.open_pull(job.origin, "change", "The same for the release", base="release")
    job.upload({"report.json": job.report()})
    run(job)
    assert job.origin.comments == [] and job.check(job.run.head) is None


def test_a_head_that_has_moved_is_left_to_the_newer_run(job: Job) -> None:
    job.upload({"report.json": job.report(), **job.trained()})
    job.push({"params.yaml": "max_iter: 300\n"})
    run(job)
    assert job.comments == []
    assert job.check(job.run.head) is None


def test_a_fork_is_reported_but_not_written_to(job: Job) -> None:
    fork = job.github.fork(job.origin, "mallory")
    job.laptop.git("push", "--quiet", str(fork.path), "HEAD:forked")
    pull = job.github.open_pull(fork, "forked", "From a fork")
    job.number = pull["number"]
    job.run = ran(job.origin, 78, job.run.head, "forked", fork.name)
    job.upload({"report.json": job.report(), **job.trained()})
    run(job)
    assert job.check(job.run.head) == "failure"
    assert "commit `dvc.lock`" in job.comments[0]
    assert fork.find("refs/heads/forked") == job.run.head


def test_protected_paths_are_told_by_github_and_not_by_the_run(job: Job) -> None:
    head = job.push({".dvc/config": "[core]\n    remote = mine\n", "a|b/gates.yaml": "", "models/gates.yaml": "a: 1\n"})
    job.run = ran(job.origin, 78, head, "change")
    job.upload({"report.json": job.report()})
    report(Api(), job.checkout, job.run, [Path("models/gates.yaml")])
    assert "🔒 **Changes protected paths**: `.dvc/config`, `models/gates.yaml`; a code owner" in job.comments[0]
    assert "The run used the base's `.dvc/config`." in job.comments[0]


def test_a_protected_file_that_was_renamed_away_is_told(job: Job) -> None:
    job.laptop.git("mv", ".dvc/config", "config")
    job.run = ran(job.origin, 78, job.push({}), "change")
    job.upload({"report.json": job.report()})
    run(job)
    assert "**Changes protected paths**: `.dvc/config`; a code owner" in job.comments[0]


def test_where_github_does_not_list_the_files_the_careful_assumption_is_told(job: Job) -> None:
    job.github.hub.faults = [Fault(r"GET .*/pulls/\d+/files", 404)]
    job.upload({"report.json": job.report()})
    with pytest.raises(Problem, match="files"):
        run(job)
    assert "🔒 **Protected paths may change**: not every file could be looked at" in job.comments[0]


def test_an_ordinary_change_has_no_word_about_protected_paths(job: Job) -> None:
    job.upload({"report.json": job.report()})
    run(job)
    assert "🔒" not in job.comments[0]


def test_cml_posts_where_it_is_installed(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    install_cml(monkeypatch)
    job.upload({"report.json": job.report()})
    run(job)
    run(job)
    assert len(job.comments) == 1
    assert "watermark" in job.comments[0].splitlines()[-1]


def test_a_person_who_quotes_the_watermark_is_not_overwritten(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    install_cml(monkeypatch)
    job.upload({"report.json": job.report()})
    run(job)
    quote = job.comments[0]
    with httpx.Client(headers={"Authorization": f"Bearer {job.github.people[job.origin.name].value}"}) as person:
        url = f"https://api.github.com/repos/{job.origin.name}/issues/{job.number}/comments"
        person.post(url, json={"body": f"Why?\n\n{quote}"}).raise_for_status()
    run(job)
    assert len(job.comments) == 2
    assert job.comments[1] == f"Why?\n\n{quote}"


def install_cml(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in, and what a job tells it."""
    monkeypatch.setenv("PATH", f"{ROOT / 'loopback' / 'cml'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GITHUB_SHA", "0" * 40)


def test_cml_that_fails_is_replaced_by_the_same_calls(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "bin" / "cml"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{broken.parent}{os.pathsep}{os.environ['PATH']}")
    job.upload({"report.json": job.report()})
    run(job)
    assert "CML did not post (no network): using the REST calls" in capsys.readouterr().out
    assert len(job.comments) == 1


def test_the_summary_is_written_even_when_github_refuses_the_rest(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job.upload({"report.json": job.report()})
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    token = job.github.hub.tokens[os.environ["GITHUB_TOKEN"]]
    token.permissions["checks"] = "none"
    with pytest.raises(Problem, match="check-runs"):
        run(job)
    assert "Ready" in summary.read_text()


def test_nothing_but_the_loopback_was_asked(job: Job) -> None:
    job.upload({"report.json": job.report()})
    run(job)
    asked = [msgspec.json.decode(line) for line in (job.github.root / "proxy.jsonl").read_text().splitlines()]
    assert {entry["to"] for entry in asked} == {"hub"}


@pytest.mark.slow
@pytest.mark.fault("kill -9 in push", "objects are stored before what names them; the job that is run again ends it")
@pytest.mark.parametrize(
    ("call", "recorded"), [("mlgitops.github.reporting:accept", False), ("mlgitops.github.commit:create", True)]
)
def test_a_job_killed_while_it_records_is_run_again(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, recorded: bool
) -> None:
    job.upload({"report.json": job.report(), **job.trained()})
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"action": "completed", "workflow_run": job.origin.runs[-1]}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    killed(job.checkout.root, call, "after", "post")
    made = job.origin.find("refs/heads/change")
    assert (made != job.run.head, job.comments) == (recorded, [])
    assert job.origin.find("refs/heads/dvc-storage"), "what a record names is stored before it"
    run(job)
    assert (job.origin.find("refs/heads/change") == made) == recorded
    assert job.origin.git("rev-parse", "refs/heads/change^") == job.run.head
    assert job.check(job.run.head) == "success" and len(job.comments) == 1
