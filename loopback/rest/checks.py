"""Check runs and commit statuses."""

from __future__ import annotations

from loopback.hub import account, now
from loopback.rest.call import Answer, Call, Refused, one, route

CONCLUSIONS = ("action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out")
STATES = ("error", "failure", "pending", "success")
APP = {"id": 15368, "slug": "github-actions", "name": "GitHub Actions"}


def checked(call: Call) -> dict:
    """The fields of a check run that the caller may set; a conclusion completes it."""
    names = ("name", "details_url", "external_id", "status", "started_at", "conclusion", "completed_at")
    fields = {name: call.body[name] for name in names if name in call.body}
    if "conclusion" in fields:
        if fields["conclusion"] not in CONCLUSIONS:
            raise Refused(422, f"Invalid request.\n\n{fields['conclusion']} is not a member of {list(CONCLUSIONS)}.")
        fields = {"completed_at": now(), **fields, "status": "completed"}
    elif fields.get("status") == "completed":
        raise Refused(422, "Invalid request.\n\nMissing required key: conclusion.")
    return fields


def output(given: dict, before: dict | None = None) -> dict:
    annotations = given.get("annotations") or []
    if len(annotations) > 50:
        raise Refused(422, "Invalid request.\n\nNo more than 50 items are allowed; annotations.")
    if given and not (given.get("title") and given.get("summary")):
        raise Refused(422, "Invalid request.\n\noutput needs a title and a summary.")
    told = {name: given.get(name) for name in ("title", "summary", "text")} if given else dict(before or {})
    told["annotations_count"] = (before or {}).get("annotations_count", 0) + len(annotations)
    return {"title": None, "summary": None, "text": None, **told}


@route("POST", "/check-runs", "checks: write")
def create(call: Call) -> dict:
    if not call.token.workflow:
        raise Refused(403, "You must authenticate via a GitHub App.")
    name, sha = call.wanted("name", "head_sha")
    if call.repository.find(sha) != sha:
        raise Refused(422, f"No commit found for SHA: {sha}")
    id = call.hub.next_id()
    run = {
        "id": id,
        "name": name,
        "head_sha": sha,
        "status": "queued",
        "conclusion": None,
        "started_at": now(),
        "completed_at": None,
        "external_id": "",
        "details_url": None,
        "url": f"https://api.github.com/repos/{call.repository.name}/check-runs/{id}",
        "html_url": f"https://github.com/{call.repository.name}/runs/{id}",
        "app": APP,
        "pull_requests": [],
        **checked(call),
        "output": output(call.body.get("output") or {}),
    }
    call.repository.check_runs.append(run)
    return run


@route("GET", "/check-runs/{id:int}", "checks: read")
def get(call: Call) -> dict:
    return one(call.repository.check_runs, id=call.path["id"])


@route("PATCH", "/check-runs/{id:int}", "checks: write")
def update(call: Call) -> dict:
    run = one(call.repository.check_runs, id=call.path["id"])
    run.update(checked(call), output=output(call.body.get("output") or {}, run["output"]))
    return run


@route("GET", "/commits/{ref:path}/check-runs", "checks: read")
def listed(call: Call) -> Answer:
    """The latest run of each name, unless filter=all."""
    sha, name, status = commit(call), call.query.get("check_name"), call.query.get("status")
    runs = [r for r in call.repository.check_runs if r["head_sha"] == sha and name in (None, r["name"])]
    if call.query.get("filter") != "all":
        runs = list({run["name"]: run for run in runs}.values())
    runs = [run for run in runs if status in (None, run["status"])]
    return call.page(runs[::-1], "check_runs")


@route("POST", "/statuses/{sha}", "statuses: write")
def set_status(call: Call) -> dict:
    sha, state = call.path["sha"], call.wanted("state")[0]
    if state not in STATES or call.repository.find(sha) != sha:
        raise Refused(422, f"No commit found for SHA: {sha}" if state in STATES else "Validation Failed")
    status = {
        "id": call.hub.next_id(),
        "state": state,
        "context": call.body.get("context", "default"),
        "description": call.body.get("description"),
        "target_url": call.body.get("target_url"),
        "created_at": now(),
        "creator": account(call.token.login),
        "url": f"https://api.github.com/repos/{call.repository.name}/statuses/{sha}",
    }
    call.repository.statuses.append(status)
    return status


@route("GET", "/commits/{ref:path}/statuses", "statuses: read")
def statuses(call: Call) -> Answer:
    sha = commit(call)
    return call.page([s for s in reversed(call.repository.statuses) if s["url"].endswith(sha)])


@route("GET", "/commits/{ref:path}/status", "statuses: read")
def combined(call: Call) -> dict:
    """One state for all contexts: failure wins over pending, pending over success; nothing is pending."""
    sha = commit(call)
    latest = {s["context"]: s for s in call.repository.statuses if s["url"].endswith(sha)}
    states = {status["state"] for status in latest.values()}
    state = "failure" if states & {"error", "failure"} else "success" if states == {"success"} else "pending"
    return {"sha": sha, "state": state, "statuses": list(latest.values()), "total_count": len(latest)}


def commit(call: Call) -> str:
    sha = call.repository.find(call.path["ref"])
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {call.path['ref']}")
    return sha
