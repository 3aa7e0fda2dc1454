"""The REST routes as an ASGI application: let in, run the handler, log, dump the state."""

from __future__ import annotations

import json
import time

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from loopback.hub import Hub
from loopback.rest import (
    actions,
    checks,
    comments,
    commits,
    contents,
    database,
    deployments,
    pull_requests,
    settings,
    users,
)
from loopback.rest.authorization import authorize, token_of
from loopback.rest.call import ROUTES, Answer, Call, Handler, Refused

MODULES = (actions, checks, comments, commits, contents, database, deployments, pull_requests, settings, users)


def application(hub: Hub) -> Starlette:
    """All routes that MODULES registered; anything else is GitHub's 404."""

    def endpoint(needs: tuple[str, ...], handler: Handler):
        async def answer(request: Request) -> Response:
            raw = await request.body()
            return await run_in_threadpool(run, hub, request, raw, needs, handler)

        return answer

    # a path that ends in "anything" comes after those that say what it ends in
    ordered = sorted(ROUTES, key=lambda entry: entry[1].endswith(":path}"))
    routes = [Route(path, endpoint(needs, handler), methods=[method]) for method, path, needs, handler in ordered]
    missing = Route("/{path:path}", endpoint((), nothing), methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return Starlette(routes=[*routes, missing])


def nothing(call: Call) -> Answer:
    raise Refused(404, "Not Found")


def run(hub: Hub, request: Request, raw: bytes, needs: tuple[str, ...], handler: Handler) -> Response:
    """Answer one call, one at a time: the state is one, as it is for GitHub's clients."""
    token, parsed, fault = token_of(hub, request), None, None
    with hub.lock:
        try:
            parsed = body_of(raw)
            fault = next((fault for fault in hub.faults if fault.hits(f"{request.method} {path_of(request)}")), None)
            if fault and fault.status:
                raise Refused(fault.status, fault.message, headers=fault.headers)
            answer = admitted(hub, request, parsed, needs, handler)
        except Refused as refusal:
            answer = Answer(refusal.body(), refusal.status, refusal.headers)
        entry = {"method": request.method, "path": path_of(request), "status": answer.status}
        hub.log("requests", **entry, token=token.login if token else None, run=token and token.run, body=parsed)
        hub.dump()
    time.sleep(fault.delay if fault else 0)
    headers = {**rate(), **answer.headers}
    if answer.body is None or isinstance(answer.body, bytes):
        return Response(answer.body, answer.status, headers)
    return JSONResponse(answer.body, answer.status, headers)


def admitted(hub: Hub, request: Request, body: dict, needs: tuple[str, ...], handler: Handler) -> Answer:
    path, token = request.path_params, token_of(hub, request)
    repository = hub.repositories.get(f"{path['owner']}/{path['name']}") if "owner" in path else None
    given = "authorization" in request.headers
    if "owner" in path:
        authorize(repository, token, given, needs)
    elif token is None:
        raise Refused(401, "Bad credentials" if given else "Requires authentication")
    url = f"https://api.github.com{request.url.path}"
    made = handler(Call(hub, repository, token, url, path, request.query_params, body))
    return made if isinstance(made, Answer) else Answer(made, 201 if request.method == "POST" else 200)


def body_of(raw: bytes) -> dict:
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise Refused(400, "Problems parsing JSON") from None
    if not isinstance(body, dict):
        raise Refused(422, "Invalid request.\n\nFor 'links/schema', the body is not an object.")
    return body


def path_of(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def rate() -> dict[str, str]:
    reset = int(time.time()) + 3600
    left = {"limit": "5000", "remaining": "4999", "used": "1", "reset": str(reset), "resource": "core"}
    return {f"X-RateLimit-{name.title()}": value for name, value in left.items()}
