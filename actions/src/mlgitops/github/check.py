"""The check run that branch rules require: the verdict, on a commit."""

from mlgitops.github.api import Api
from mlgitops.github.event import Run
from mlgitops.report.outcome import Outcome

NAME = "mlgitops/verdict"
SUMMARY_LIMIT = 60_000  # characters; GitHub's limit is 65,535
CONCLUSIONS = {
    "ready": "success",
    "first-result": "success",
    "needs-decision": "neutral",
    "do-not-merge": "failure",
    "not-comparable": "failure",
    "no-verdict": "failure",
    "overridden": "neutral",
}


def begin(api: Api, run: Run) -> None:
    """Show on the run's commit that its verdict is being made."""
    output = {"title": "Running", "summary": f"The verdict comes at the end of [run #{run.number}]({run.url})."}
    fields = {"name": NAME, "head_sha": run.head, "status": "in_progress", "details_url": run.url, "output": output}
    api.call("POST", "check-runs", json=fields)


def finish(api: Api, *, sha: str, outcome: Outcome, title: str, summary: str, url: str) -> str:
    """Set the check on a commit, and end what is in progress there; returns its conclusion."""
    conclusion = CONCLUSIONS[outcome.verdict]
    output = {"title": title[:200], "summary": summary[:SUMMARY_LIMIT], "text": outcome.lines()}
    fields = {"name": NAME, "status": "completed", "conclusion": conclusion, "details_url": url, "output": output}
    asked = {"check_name": NAME, "status": "in_progress", "filter": "all"}
    begun = api.call("GET", f"commits/{sha}/check-runs", params=asked)["check_runs"]
    for one in begun:
        api.call("PATCH", f"check-runs/{one['id']}", json=fields)
    if not begun:
        api.call("POST", "check-runs", json=fields | {"head_sha": sha})
    return conclusion
