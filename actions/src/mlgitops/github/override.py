"""The label by which a person accepts a fail: who set it, and whether the result was there to be seen."""

from dataclasses import replace

from mlgitops.github.api import Api
from mlgitops.github.event import Run
from mlgitops.report.page import Page

LABEL = "ml-override"


def applied(page: Page, api: Api, pull: dict, run: Run) -> Page:
    """The page with who overrides its result, or who had set the label before there was one."""
    if LABEL not in [label["name"] for label in pull["labels"]]:
        return page
    events = api.pages(f"issues/{pull['number']}/timeline")
    changes = [one for one in events if one.get("event") in ("labeled", "unlabeled") and one["label"]["name"] == LABEL]
    if not changes or changes[-1]["event"] == "unlabeled":
        return page
    who = (changes[-1]["actor"] or {}).get("login", "ghost")  # as GitHub calls a deleted account
    decided = changes[-1]["created_at"] > _ended(api, run)
    return replace(page, overridden_by=who) if decided else replace(page, outdated_override=who)


def _ended(api: Api, run: Run) -> str:
    """When the last job of the run's newest attempt ended, in GitHub's form, which sorts as text."""
    jobs = api.call("GET", f"actions/runs/{run.id}/jobs", params={"per_page": 100})["jobs"]
    return max(job["completed_at"] for job in jobs)
