"""The pull request that a run belongs to, and the run of a pull request: asked from GitHub, never from a run."""

from mlgitops.github import commit
from mlgitops.github.api import Api
from mlgitops.github.event import Run, run_of

WORKFLOW = "pull-request.yml"


def find(api: Api, run: Run) -> dict | None:
    """The one open pull request into this repository whose head is the run's commit, or the record of its result.

    The event of a fork's run names no pull request, and a number in an artifact can be forged. None where
    there is none any more: it was closed, or its head has moved and a newer run will report.
    """
    owner = run.repository.partition("/")[0]
    listed = api.pages("pulls", state="open", head=f"{owner}:{run.branch}")
    ours = [pull for pull in listed if _repository(pull) == run.repository and _shows(api, pull, run.head)]
    return ours[0] if len(ours) == 1 else None


def reported_run(api: Api, pull: dict) -> Run | None:
    """The newest run on the pull request's head, or on the commit whose result the head records.

    None where there is none, or where it still runs and will report by itself.
    """
    found = _newest(api, pull, pull["head"]["sha"])
    if found is None and not is_fork(pull):
        measured = commit.recorded(api, pull["head"]["sha"])
        found = _newest(api, pull, measured) if measured else None
    return run_of(found) if found and found["status"] == "completed" else None


def is_fork(pull: dict) -> bool:
    """Whether the head lies in another repository, which this one's token can't write to."""
    return _repository(pull) != pull["base"]["repo"]["full_name"]


def is_recorded(pull: dict, run: Run) -> bool:
    """Whether the head of a pull request that was found for this run is already the record of its result."""
    return pull["head"]["sha"] != run.head


def _shows(api: Api, pull: dict, head: str) -> bool:
    """In a fork anybody may have made a commit that looks like a record: there only the run's own commit counts."""
    sha = pull["head"]["sha"]
    return sha == head or (not is_fork(pull) and commit.recorded(api, sha) == head)


def _newest(api: Api, pull: dict, sha: str) -> dict | None:
    """The newest run on a commit of the pull request's branch; others may have the same commit."""
    asked = {"head_sha": sha, "branch": pull["head"]["ref"], "event": "pull_request", "per_page": 100}
    runs = api.call("GET", f"actions/workflows/{WORKFLOW}/runs", params=asked)["workflow_runs"]
    ours = [run for run in runs if run["head_repository"]["full_name"] == _repository(pull)]
    return max(ours, key=lambda run: run["id"], default=None)


def _repository(pull: dict) -> str | None:
    """The head's repository; None where it was deleted."""
    return (pull["head"].get("repo") or {}).get("full_name")
