"""Deployments and their statuses."""

from __future__ import annotations

from loopback.hub import account, now
from loopback.rest.call import Answer, Call, Refused, one, route

READ, WRITE = "deployments: read", "deployments: write"
STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")


@route("POST", "/deployments", WRITE)
def create(call: Call) -> dict:
    ref = call.wanted("ref")[0]
    sha = call.repository.find(ref)
    if sha is None:
        raise Refused(422, f"No ref found for: {ref}")
    id, environment = call.hub.next_id(), call.body.get("environment", "production")
    url = f"https://api.github.com/repos/{call.repository.name}/deployments/{id}"
    deployment = {
        "id": id,
        "sha": sha,
        "ref": ref,
        "task": call.body.get("task", "deploy"),
        "payload": call.body.get("payload", {}),
        "environment": environment,
        "original_environment": environment,
        "description": call.body.get("description"),
        "creator": account(call.token.login),
        "created_at": now(),
        "updated_at": now(),
        "production_environment": call.body.get("production_environment", environment == "production"),
        "transient_environment": call.body.get("transient_environment", False),
        "url": url,
        "statuses_url": f"{url}/statuses",
    }
    call.repository.deployments.append(deployment)
    return deployment


@route("GET", "/deployments", READ)
def listed(call: Call) -> Answer:
    wanted = {name: call.query[name] for name in ("environment", "sha", "ref", "task") if name in call.query}
    return call.page([d for d in reversed(call.repository.deployments) if wanted.items() <= flat(d).items()])


def flat(deployment: dict) -> dict:
    return {name: value for name, value in deployment.items() if isinstance(value, str)}


@route("GET", "/deployments/{id:int}", READ)
def get(call: Call) -> dict:
    return one(call.repository.deployments, id=call.path["id"])


@route("POST", "/deployments/{id:int}/statuses", WRITE)
def set_status(call: Call) -> dict:
    deployment, state = get(call), call.wanted("state")[0]
    if state not in STATES:
        raise Refused(422, "Validation Failed", [{"resource": "DeploymentStatus", "code": "invalid", "field": "state"}])
    status = {
        "id": call.hub.next_id(),
        "state": state,
        "description": call.body.get("description", ""),
        "environment": call.body.get("environment", deployment["environment"]),
        "environment_url": call.body.get("environment_url", ""),
        "log_url": call.body.get("log_url", ""),
        "creator": account(call.token.login),
        "created_at": now(),
        "deployment_url": deployment["url"],
    }
    call.repository.deployment_statuses.append(status)
    return status


@route("GET", "/deployments/{id:int}/statuses", READ)
def statuses(call: Call) -> Answer:
    url = get(call)["url"]
    return call.page([s for s in reversed(call.repository.deployment_statuses) if s["deployment_url"] == url])
