"""Comments of a pull request, which is an issue here."""

from __future__ import annotations

from loopback.hub import account, now
from loopback.rest.call import Answer, Call, Refused, one, route

LIMIT = 65536
READ = ("issues: read", "pull-requests: read")
WRITE = ("issues: write", "pull-requests: write")


def checked(call: Call) -> str:
    body = call.wanted("body")[0]
    if not body.strip():
        raise Refused(422, "Validation Failed", [{"resource": "IssueComment", "code": "missing", "field": "body"}])
    if len(body) > LIMIT:
        why = f"body is too long (maximum is {LIMIT} characters)"
        wrong = {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": why}
        raise Refused(422, "Validation Failed", [wrong])
    return body


@route("GET", "/issues/{number:int}/comments", *READ)
def listed(call: Call) -> Answer:
    number = one(call.repository.pulls, number=call.path["number"])["number"]
    return call.page([c for c in call.repository.comments if c["issue_url"].endswith(f"/issues/{number}")])


@route("POST", "/issues/{number:int}/comments", *WRITE)
def create(call: Call) -> dict:
    pull = one(call.repository.pulls, number=call.path["number"])
    id = call.hub.next_id()
    comment = {
        "id": id,
        "body": checked(call),
        "user": account(call.token.login),
        "author_association": "NONE" if call.token.workflow else "MEMBER",
        "created_at": now(),
        "updated_at": now(),
        "issue_url": pull["issue_url"],
        "html_url": f"{pull['html_url']}#issuecomment-{id}",
        "url": f"https://api.github.com/repos/{call.repository.name}/issues/comments/{id}",
    }
    call.repository.comments.append(comment)
    return comment


@route("GET", "/issues/comments/{id:int}", *READ)
def get(call: Call) -> dict:
    return one(call.repository.comments, id=call.path["id"])


@route("PATCH", "/issues/comments/{id:int}", *WRITE)
def update(call: Call) -> dict:
    comment = one(call.repository.comments, id=call.path["id"])
    comment.update(body=checked(call), updated_at=now())
    return comment


@route("DELETE", "/issues/comments/{id:int}", *WRITE)
def delete(call: Call) -> Answer:
    call.repository.comments.remove(one(call.repository.comments, id=call.path["id"]))
    return Answer(None, 204)
