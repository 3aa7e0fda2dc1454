"""Pull requests, their labels and timeline."""

from __future__ import annotations

from loopback import pulls
from loopback.rest.call import Answer, Call, Refused, one, route
from loopback.rest.commits import files_between

READ, WRITE = "pull-requests: read", "pull-requests: write"


def find(call: Call) -> dict:
    return one(call.repository.pulls, number=call.path["number"])


@route("POST", "/pulls", WRITE)
def create(call: Call) -> dict:
    title, head, base = call.wanted("title", "head", "base")
    allowed = call.repository.settings.get("actions/permissions/workflow", {})
    if call.token.workflow and not allowed.get("can_approve_pull_request_reviews", True):
        raise Refused(403, "GitHub Actions is not permitted to create or approve pull requests.")
    owner, _, branch = head.rpartition(":")
    try:
        source, branch = pulls.head_of(call.hub, call.repository, head)
    except KeyError:
        raise invalid("head", f"{owner} has no fork") from None
    if source.find(f"refs/heads/{branch}") is None:
        raise invalid("head")
    if call.repository.find(f"refs/heads/{base}") is None:
        raise invalid("base")
    label = f"{source.name.split('/')[0]}:{branch}"
    for pull in call.repository.pulls:
        if pull["state"] == "open" and (pull["head"]["label"], pull["base"]["ref"]) == (label, base):
            raise failed({"message": f"A pull request already exists for {label}."})
    if call.repository.is_ancestor(source.find(f"refs/heads/{branch}"), f"refs/heads/{base}"):
        raise failed({"message": f"No commits between {base} and {branch}"})
    return pulls.open_pull(call.hub, call.repository, head, base, title, call.body.get("body"), call.token)


def invalid(name: str, why: str | None = None) -> Refused:
    return failed({"field": name, "code": "invalid"} | ({"message": why} if why else {}))


def failed(error: dict) -> Refused:
    return Refused(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", **error}])


@route("GET", "/pulls", READ)
def listed(call: Call) -> Answer:
    state, head, base = (call.query.get(name) for name in ("state", "head", "base"))
    chosen = [
        pull
        for pull in reversed(call.repository.pulls)
        if (state == "all" or pull["state"] == (state or "open"))
        and (not head or pull["head"]["label"] == head)
        and (not base or pull["base"]["ref"] == base)
    ]
    return call.page(chosen)


@route("GET", "/pulls/{number:int}", READ)
def get(call: Call) -> dict:
    return find(call)


@route("PATCH", "/pulls/{number:int}", WRITE)
def update(call: Call) -> dict:
    pull = find(call)
    pull.update({name: call.body[name] for name in ("title", "body") if name in call.body})
    if call.body.get("state") == "closed" and pull["state"] == "open":
        pulls.close(call.hub, call.repository, pull, call.token)
    return pull


@route("GET", "/pulls/{number:int}/files", READ)
def files(call: Call) -> Answer:
    pull = find(call)
    base, head = pull["base"]["sha"], f"refs/pull/{pull['number']}/head"
    return call.page(files_between(call.repository, base, head))


@route("PUT", "/pulls/{number:int}/merge", "contents: write")
def merge(call: Call) -> dict:
    pull = find(call)
    if pull["state"] != "open":
        raise Refused(405, "Pull Request is not mergeable")
    if call.body.get("sha") not in (None, pull["head"]["sha"]):
        raise Refused(409, "Head branch was modified. Review and try the merge again.")
    try:
        sha = pulls.merge(call.hub, call.repository, pull, call.token, call.body.get("commit_title"))
    except pulls.NotMergeable:
        raise Refused(405, "Pull Request is not mergeable") from None
    return {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}


@route("GET", "/issues/{number:int}/labels", "issues: read", READ)
def labels(call: Call) -> Answer:
    return call.page(find(call)["labels"])


@route("POST", "/issues/{number:int}/labels", "issues: write", WRITE)
def label(call: Call) -> Answer:
    pull = find(call)
    for name in call.wanted("labels")[0]:
        pulls.label(call.hub, call.repository, pull, name, call.token)
    return Answer(pull["labels"], 200)


@route("DELETE", "/issues/{number:int}/labels/{label}", "issues: write", WRITE)
def unlabel(call: Call) -> Answer:
    pull = find(call)
    known = one(pull["labels"], name=call.path["label"])
    pulls.unlabel(call.hub, call.repository, pull, known["name"], call.token)
    return Answer(pull["labels"])


@route("GET", "/issues/{number:int}/timeline", "issues: read", READ)
def timeline(call: Call) -> Answer:
    """What happened to a pull request, oldest first; only its labels and comments are told here."""
    number = find(call)["number"]
    labelled = [one for one in call.repository.timeline if one["issue"] == number]
    said = [c for c in call.repository.comments if c["issue_url"].endswith(f"/issues/{number}")]
    events = [*labelled, *({**comment, "event": "commented", "actor": comment["user"]} for comment in said)]
    return call.page(sorted(events, key=lambda one: one["created_at"]))
