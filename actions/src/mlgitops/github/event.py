"""What started this job, from the files and variables that GitHub gives every job."""

import os
from pathlib import Path
from typing import Any

import msgspec

from mlgitops.errors import CannotCheck


class PullRequest(msgspec.Struct, kw_only=True, frozen=True):
    """The pull request of a `pull_request` event; base is a branch's name, head a commit id."""

    number: int
    head: str
    base: str


class Run(msgspec.Struct, kw_only=True, frozen=True):
    """A run of the Pull request workflow; repository is the head's, a fork's where it is one."""

    id: int
    number: int
    head: str
    repository: str
    branch: str
    conclusion: str
    url: str


def payload() -> dict[str, Any]:
    """The event as GitHub wrote it; empty outside a job."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    return msgspec.json.decode(Path(path).read_bytes()) if path and Path(path).is_file() else {}


def pull_request() -> PullRequest | None:
    """The pull request that started this job; None for any other event and outside a job."""
    found = payload().get("pull_request")
    if not found:
        return None
    return PullRequest(number=found["number"], head=found["head"]["sha"], base=found["base"]["ref"])


def action() -> str:
    """What happened, in the event's own word: requested, completed, labeled, …; empty outside a job."""
    return payload().get("action", "")


def workflow_run() -> Run:
    """The run that started this job; CannotCheck where this job was started by something else."""
    found = payload().get("workflow_run")
    if not found:
        raise CannotCheck("This job was not started by a run", given=os.environ.get("GITHUB_EVENT_NAME"))
    return run_of(found)


def run_of(found: dict[str, Any]) -> Run:
    """A run as events and the REST interface describe it."""
    return Run(
        id=found["id"],
        number=found["run_number"],
        head=found["head_sha"],
        repository=found["head_repository"]["full_name"],
        branch=found["head_branch"],
        conclusion=found["conclusion"] or "",
        url=found["html_url"],
    )


def run_url() -> str | None:
    """The page of the run that this job belongs to; None outside a job."""
    env = os.environ
    if not env.get("GITHUB_RUN_ID"):
        return None
    server = env.get("GITHUB_SERVER_URL", "https://github.com")
    return f"{server}/{env['GITHUB_REPOSITORY']}/actions/runs/{env['GITHUB_RUN_ID']}"


def run_number() -> int | None:
    """The number that people see of that run; None outside a job."""
    number = os.environ.get("GITHUB_RUN_NUMBER", "")
    return int(number) if number.isdecimal() else None


def set_output(name: str, value: str) -> None:
    """Hand a value to the steps that follow, and show it; newlines can't forge a second output."""
    line = f"{name}={' '.join(value.splitlines())}"
    print(line)
    if path := os.environ.get("GITHUB_OUTPUT"):
        with Path(path).open("a") as outputs:
            outputs.write(line + "\n")


def add_summary(markdown: str) -> None:
    """Append to the job's summary page; nothing outside a job."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a") as summary:
            summary.write(markdown + "\n")
