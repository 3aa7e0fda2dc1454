"""Accounts and the repository itself."""

from __future__ import annotations

from loopback.hub import account, described
from loopback.rest.call import Call, Refused, route


@route("GET", "~/users/{login}")
def user(call: Call) -> dict:
    return account(call.path["login"])


@route("GET", "~/user")
def me(call: Call) -> dict:
    if call.token.workflow:
        raise Refused(403, "Resource not accessible by integration")
    return account(call.token.login)


@route("GET", "", "contents: read")
def repository(call: Call) -> dict:
    return described(call.repository)
