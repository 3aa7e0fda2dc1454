"""Workflow runs and their artifacts."""

from __future__ import annotations

from pathlib import Path

from loopback.rest.call import Answer, Call, Refused, one, route

READ = "actions: read"


@route("GET", "/actions/workflows/{workflow}/runs", READ)
def of_workflow(call: Call) -> Answer:
    """The runs of a workflow, named by its file or its id."""
    name = call.path["workflow"]
    runs = [run for run in call.repository.runs if name in (Path(run["path"]).name, str(run["workflow_id"]))]
    if not runs:
        raise Refused(404, "Not Found")
    return chosen(call, runs)


@route("GET", "/actions/runs", READ)
def listed(call: Call) -> Answer:
    return chosen(call, call.repository.runs)


def chosen(call: Call, among: list[dict]) -> Answer:
    fields = ("head_sha", "event", "status")
    wanted = {name: call.query[name] for name in fields if name in call.query}
    wanted |= {"head_branch": call.query["branch"]} if "branch" in call.query else {}
    runs = [run for run in reversed(among) if all(run[k] == v for k, v in wanted.items())]
    return call.page(runs, "workflow_runs")


@route("GET", "/actions/runs/{id:int}", READ)
def get(call: Call) -> dict:
    return one(call.repository.runs, id=call.path["id"])


@route("GET", "/actions/runs/{id:int}/jobs", READ)
def jobs(call: Call) -> Answer:
    run = get(call)
    return call.page([job for job in call.repository.jobs if job["run_id"] == run["id"]], "jobs")


@route("GET", "/actions/runs/{id:int}/artifacts", READ)
def artifacts(call: Call) -> Answer:
    run, name = one(call.repository.runs, id=call.path["id"]), call.query.get("name")
    mine = [a for a in call.repository.artifacts if a["workflow_run"]["id"] == run["id"]]
    return call.page([a for a in mine if name in (None, a["name"])], "artifacts")


@route("GET", "/actions/artifacts/{id:int}", READ)
def artifact(call: Call) -> dict:
    return one(call.repository.artifacts, id=call.path["id"])


@route("GET", "/actions/artifacts/{id:int}/zip", READ)
def archive(call: Call) -> Answer:
    """302 to a place that asks for no token and forgets itself with this run of the hub, as on GitHub."""
    found = one(call.repository.artifacts, id=call.path["id"])
    host = "https://results-receiver.actions.githubusercontent.com"
    return Answer(None, 302, {"Location": f"{host}/download/{found['id']}?sig={found['digest'][7:]}"})
