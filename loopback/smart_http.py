"""github.com itself: git's smart HTTP protocol, by `git http-backend`, streamed both ways."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from loopback import pulls
from loopback.hub import Hub
from loopback.repository import ZERO, Repository, environment
from loopback.rest.authorization import token_of
from loopback.tokens import Token

LIMIT = 1 << 16


def application(hub: Hub) -> Starlette:
    """An ASGI application that serves every repository of the hub to those who may see it."""
    pushes: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def serve(request: Request) -> Response:
        name = "{owner}/{name}".format(**request.path_params).removesuffix(".git")
        service = request.query_params.get("service") or request.path_params.get("service")
        repository, token = hub.repositories.get(name), token_of(hub, request)
        answer = refuse(repository, token, service, request)
        log = {"method": request.method, "path": request.url.path, "service": service}
        hub.log("requests", **log, token=token.login if token else None, status=answer.status_code if answer else 200)
        if answer:
            return answer
        if service == "git-receive-pack" and request.method == "POST":
            async with pushes[name]:
                return await receive(hub, repository, token, request)
        return await backend(repository, request)

    return Starlette(
        routes=[
            Route("/{owner}/{name}/info/refs", serve),
            Route("/{owner}/{name}/{service}", serve, methods=["POST"]),
        ]
    )


def refuse(
    repository: Repository | None, token: Token | None, service: str | None, request: Request
) -> Response | None:
    """Why this request is not served, as GitHub says it; None when it is."""
    if service not in ("git-upload-pack", "git-receive-pack"):
        return PlainTextResponse("Please upgrade your git client.\n", 403)
    write = service == "git-receive-pack"
    if token is None:
        if repository and repository.public and not write and "authorization" not in request.headers:
            return None
        said = "Invalid username or token." if "authorization" in request.headers else "No anonymous access."
        return PlainTextResponse(said, 401, {"WWW-Authenticate": 'Basic realm="GitHub"'})
    public = repository is not None and repository.public
    if not repository or not (public or (token.repository == repository.name and token.allows("contents", "read"))):
        return PlainTextResponse("Repository not found.\n", 404)
    if write and not (token.repository == repository.name and token.allows("contents", "write")):
        return PlainTextResponse(f"Permission to {repository.name}.git denied to {token.login}.\n", 403)
    return None


async def receive(hub: Hub, repository: Repository, token: Token | None, request: Request) -> Response:
    """Take a push to its end, then tell the hub which refs moved, then answer."""
    before = await run_in_threadpool(repository.refs)
    answer = await backend(repository, request)
    body = b"".join([part async for part in answer.body_iterator])
    after = await run_in_threadpool(repository.refs)

    def tell() -> None:
        with hub.lock:
            for ref in sorted(before.keys() | after.keys()):
                if before.get(ref) != after.get(ref):
                    pulls.moved(hub, repository, ref, before.get(ref, ZERO), after.get(ref, ZERO), token)
            hub.dump()

    await run_in_threadpool(tell)
    return Response(body, answer.status_code, dict(answer.headers))


async def backend(repository: Repository, request: Request) -> StreamingResponse:
    """Run `git http-backend` for one request (CGI, RFC 3875)."""
    process = await asyncio.create_subprocess_exec(
        "git",
        "http-backend",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment(cgi(repository, request)),
        limit=LIMIT,
    )
    feeding = asyncio.create_task(feed(process.stdin, request.stream()))
    status, headers = 200, {}
    while line := (await process.stdout.readline()).strip():
        key, _, value = line.decode().partition(": ")
        if key == "Status":
            status = int(value.split()[0])
        else:
            headers[key] = value

    async def rest() -> AsyncIterator[bytes]:
        while part := await process.stdout.read(LIMIT):
            yield part
        await feeding
        await process.wait()

    return StreamingResponse(rest(), status, headers)


async def feed(stdin: asyncio.StreamWriter, stream: AsyncIterator[bytes]) -> None:
    with contextlib.suppress(ConnectionError):  # git may have read enough to refuse
        async for part in stream:
            stdin.write(part)
            await stdin.drain()
    stdin.close()


def cgi(repository: Repository, request: Request) -> dict[str, str]:
    tail = request.url.path.split("/", 3)[3]
    headers = request.headers
    return {
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROJECT_ROOT": str(repository.path.parent),
        "PATH_INFO": f"/{repository.path.name}/{tail}",
        "QUERY_STRING": request.url.query,
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
        "REMOTE_USER": "git",
        "REMOTE_ADDR": "127.0.0.1",
    }
