"""What GitHub knows of the merge that a version is made of: the lines of the tag's message beside the digest."""

import os
import sys

from mlgitops.errors import Problem
from mlgitops.github import check
from mlgitops.github.api import Api
from mlgitops.report import outcome
from mlgitops.versions.register import BUMP

BUMPS = ("major", "minor")  # the labels by which a person says how far the version moves; the first one holds


def known(commit: str) -> dict[str, str]:
    """The notes of a commit, in a job; empty outside one, and where GitHub does not say: git alone has to do."""
    if not (os.environ.get("GITHUB_TOKEN") and os.environ.get("GITHUB_REPOSITORY")):
        return {}
    try:
        return notes(Api(), commit)
    except Problem as problem:
        print(f"The pull request and its verdict are not known: {problem}", file=sys.stderr)
        return {}


def notes(api: Api, commit: str) -> dict[str, str]:
    """pull, merged-by, bump, verdict, gates and run of the pull request that a commit merged; empty for a direct push.

    The check is that of the head that was merged: an override that came after the report is in it.
    """
    pull = _pull(api, commit)
    if pull is None:
        return {}
    found = {"pull": str(pull["number"]), "merged-by": (pull.get("merged_by") or {}).get("login", "")}
    labels = {label["name"] for label in pull["labels"]}
    found[BUMP] = next((bump for bump in BUMPS if bump in labels), "")
    return {name: value for name, value in (found | _verdict(api, pull["head"]["sha"])).items() if value}


def _pull(api: Api, commit: str) -> dict | None:
    """The pull request whose merge made the commit; others may only contain it."""
    listed = api.call("GET", f"commits/{commit}/pulls")
    ours = [pull for pull in listed if pull["merged_at"] and pull["merge_commit_sha"] == commit]
    return api.call("GET", f"pulls/{ours[0]['number']}") if ours else None


def _verdict(api: Api, head: str) -> dict[str, str]:
    asked = {"check_name": check.NAME, "status": "completed"}
    runs = api.call("GET", f"commits/{head}/check-runs", params=asked)["check_runs"]
    if not runs:
        return {}
    said = outcome.parse(runs[0]["output"]["text"] or "")
    found = {"verdict": said.verdict, "gates": said.gates} if said else {"verdict": runs[0]["conclusion"]}
    return found | {"run": runs[0]["details_url"] or ""}
