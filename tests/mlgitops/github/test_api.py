"""What is tried again and what is not, against a GitHub that answers badly, late, or with a request to wait."""

import json

import pytest

from loopback.hub import Fault
from mlgitops.errors import CannotCheck
from mlgitops.github import api as module
from mlgitops.github.api import Api, Refused
from tests.mlgitops.github.conftest import Job

pytestmark = pytest.mark.slow  # real time-outs and pauses


def times(job: Job) -> list[float]:
    """When the pull requests were asked for."""
    log = [json.loads(line) for line in (job.github.root / "requests.jsonl").read_text().splitlines()]
    return [entry["time"] for entry in log if entry["path"].endswith("/pulls")]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_temporary_fault_is_tried_again(job: Job, status: int) -> None:
    job.github.hub.faults = [Fault("GET .*/pulls$", status, times=1)]
    assert [pull["number"] for pull in Api().call("GET", "pulls")] == [job.number]
    assert len(times(job)) == 2


def test_three_tries_and_then_what_was_refused_is_said(job: Job) -> None:
    job.github.hub.faults = [Fault("GET .*/pulls$", 503, message="No server is available")]
    with pytest.raises(Refused, match=r"GET pulls \(503 No server is available\)"):
        Api().call("GET", "pulls")
    assert len(times(job)) == 3


@pytest.mark.parametrize("status", [429, 403])
def test_the_wait_that_github_asks_for_is_kept(job: Job, status: int) -> None:
    job.github.hub.faults = [Fault("GET .*/pulls$", status, times=1, headers={"Retry-After": "2"})]
    assert Api().call("GET", "pulls")
    first, second = times(job)
    assert second - first >= 2


@pytest.mark.parametrize("status", [429, 403])
def test_a_wait_that_is_too_long_for_a_job_ends_it(job: Job, status: int) -> None:
    job.github.hub.faults = [Fault("GET .*/pulls$", status, headers={"Retry-After": "3600"})]
    with pytest.raises(Refused):
        Api().call("GET", "pulls")
    assert len(times(job)) == 1


def test_a_secondary_limit_that_names_no_time_is_waited_for(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0)
    job.github.hub.faults = [Fault("GET .*/pulls$", 403, times=1, message="You have exceeded a secondary rate limit.")]
    assert Api().call("GET", "pulls")


def test_a_missing_permission_is_not_tried_again(job: Job) -> None:
    job.github.hub.faults = [Fault("GET .*/pulls$", 403, message="Resource not accessible by integration")]
    with pytest.raises(Refused, match="not accessible"):
        Api().call("GET", "pulls")
    assert len(times(job)) == 1


def test_an_answer_that_comes_late_is_asked_for_again(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    job.github.hub.faults = [Fault("GET .*/pulls$", delay=1.0, times=1)]
    assert Api().call("GET", "pulls")
    assert len(times(job)) == 2


def test_an_answer_that_never_comes_in_time_is_said(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    job.github.hub.faults = [Fault("GET .*/pulls$", delay=0.6)]
    with pytest.raises(CannotCheck, match="can't be reached"):
        Api().call("GET", "pulls")


def test_a_download_is_tried_again_from_its_beginning(job: Job) -> None:
    job.upload({"report.json": b"{}"})
    job.github.hub.faults = [Fault("/zip$", 502, times=2)]
    identity = job.origin.artifacts[0]["id"]
    assert Api().download(f"actions/artifacts/{identity}/zip", 1000).startswith(b"PK")
    with pytest.raises(CannotCheck, match="too large"):
        Api().download(f"actions/artifacts/{identity}/zip", 10)
