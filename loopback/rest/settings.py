"""What an administrator sets: rulesets, environments and the switches of a repository. A job's token never may."""

from __future__ import annotations

from loopback.hub import account, described
from loopback.rest.call import Answer, Call, Refused, one, route

SWITCHES = (
    "immutable-releases",
    "private-vulnerability-reporting",
    "vulnerability-alerts",
    "automated-security-fixes",
    "actions/permissions",
    "actions/permissions/workflow",
)


def administered(call: Call) -> dict:
    """The repository's settings, for a person."""
    if call.token.workflow:
        raise Refused(403, "Resource not accessible by integration")
    return call.repository.settings


def switch(path: str) -> None:
    @route("PUT", f"/{path}")
    def put(call: Call) -> Answer:
        administered(call)[path] = dict(call.body)
        return Answer(None, 204)


for path in SWITCHES:
    switch(path)


@route("PATCH", "/code-scanning/default-setup")
def scan(call: Call) -> Answer:
    administered(call)["code-scanning"] = dict(call.body)
    return Answer({"run_id": 1}, 202)


@route("GET", "")
def get(call: Call) -> dict:
    return described(call.repository)


@route("PATCH", "")
def update(call: Call) -> Answer:
    settings = administered(call)
    settings["repository"] = settings.get("repository", {}) | dict(call.body)
    return Answer({"full_name": call.repository.name})


@route("GET", "/rulesets")
def rulesets(call: Call) -> Answer:
    return call.page(administered(call).setdefault("rulesets", []))


@route("POST", "/rulesets")
def create_ruleset(call: Call) -> dict:
    known, (name, _, _) = administered(call).setdefault("rulesets", []), call.wanted("name", "enforcement", "target")
    if any(one["name"] == name for one in known):
        raise Refused(422, "Validation Failed", [{"message": "Name must be unique"}])
    known.append({"id": call.hub.next_id(), "source_type": "Repository", **call.body})
    return known[-1]


@route("PUT", "/rulesets/{id:int}")
def update_ruleset(call: Call) -> dict:
    found = one(administered(call).setdefault("rulesets", []), id=call.path["id"])
    found.update(call.body)
    return found


def environment(call: Call) -> dict:
    return administered(call).setdefault("environments", {}).setdefault(call.path["environment"], {"policies": []})


@route("PUT", "/environments/{environment}")
def put_environment(call: Call) -> dict:
    policy = call.body.get("deployment_branch_policy") or {"protected_branches": True, "custom_branch_policies": False}
    if policy["protected_branches"] == policy["custom_branch_policies"]:
        raise Refused(422, "protected_branches and custom_branch_policies can't be the same")
    found = environment(call)
    found.update(call.body)
    return found


@route("GET", "/environments/{environment}/deployment-branch-policies")
def policies(call: Call) -> Answer:
    return call.page(environment(call)["policies"], "branch_policies")


@route("POST", "/environments/{environment}/deployment-branch-policies")
def create_policy(call: Call) -> Answer:
    found, (name,) = environment(call), call.wanted("name")
    if any(known["name"] == name for known in found["policies"]):
        return Answer(None, 303)
    found["policies"].append({"id": call.hub.next_id(), "name": name})
    return Answer(found["policies"][-1], 200)


@route("GET", "~/orgs/{org}/teams/{team}")
def team(call: Call) -> dict:
    return {"id": account(call.path["team"])["id"], "slug": call.path["team"]}
