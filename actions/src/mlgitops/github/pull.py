"""The pull request that a finished run belongs to, asked from GitHub and never from the run."""

from mlgitops.github.api import Api
from mlgitops.github.event import Run


def find(api: Api, run: Run) -> dict | None:
    """The one open pull request into this repository whose head is the run's commit, branch and repository.

    The event of a fork's run names no pull request, and a number in an artifact can be forged. None where
    there is none any more: it was closed, or its head has moved and a newer run will report.
    """
    owner = run.repository.partition("/")[0]
    listed = api.pages("pulls", state="open", head=f"{owner}:{run.branch}")
    ours = [pull for pull in listed if _is_of(pull, run)]
    return ours[0] if len(ours) == 1 else None


def _is_of(pull: dict, run: Run) -> bool:
    head = pull["head"]
    return head["sha"] == run.head and (head.get("repo") or {}).get("full_name") == run.repository


def is_fork(pull: dict) -> bool:
    """Whether the head lies in another repository, which this one's token can't write to."""
    return pull["head"]["repo"]["full_name"] != pull["base"]["repo"]["full_name"]
