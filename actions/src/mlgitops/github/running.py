"""A run that has just started, announced: the check is in progress, and the comment says what it still shows."""

from mlgitops.github import check, comment
from mlgitops.github.api import Api
from mlgitops.github.event import Run
from mlgitops.github.publishing import all_of
from mlgitops.github.pull import find


def announce(api: Api, run: Run) -> None:
    """Say on its pull request that `run` goes on; nothing where it has ended meanwhile, or its head has moved."""
    pull = find(api, run)
    if pull is None or api.call("GET", f"actions/runs/{run.id}")["status"] == "completed":
        print(f"Run #{run.number} has ended or is no longer about a head: nothing to announce.")
        return
    all_of(
        lambda: check.begin(api, run),
        lambda: comment.announce(api, pull["number"], run.head),
        next="The run's own report does not depend on it",
    )
    print(f"#{pull['number']}: run #{run.number} goes on")
