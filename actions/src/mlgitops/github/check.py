"""The check run that branch rules require: the verdict, on a commit."""

from mlgitops.github.api import Api

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


def create(api: Api, *, sha: str, verdict: str, title: str, summary: str, url: str) -> str:
    """Set the check on a commit; returns its conclusion."""
    conclusion = CONCLUSIONS[verdict]
    api.call(
        "POST",
        "check-runs",
        json={
            "name": NAME,
            "head_sha": sha,
            "status": "completed",
            "conclusion": conclusion,
            "details_url": url,
            "output": {"title": title[:200], "summary": summary[:SUMMARY_LIMIT]},
        },
    )
    return conclusion
