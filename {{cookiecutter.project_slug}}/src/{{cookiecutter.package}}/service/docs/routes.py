"""What people and their tools read of a service: the docs page, the OpenAPI document and the clients."""

import re
from typing import Any

from litestar import MediaType, Request, get

from ..state import Serving
from . import client, openapi, page
from .schemas import Schema

HOST = re.compile(r"[\w.-]+(:\d+)?|\[[\da-fA-F:]+\](:\d+)?", re.ASCII)
# the page loads nothing, runs nothing, and is no part of another page
POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}


def routes(serving: Serving) -> list[Any]:
    """The handlers. They make each page anew, with the address under which the caller knows the service."""

    def document(request: Request) -> Schema:
        return openapi.document(serving, address(request))

    @get("/docs", media_type=MediaType.HTML, response_headers=POLICY, sync_to_thread=False)
    def shown(request: Request) -> str:
        return page.page(document(request))

    @get("/openapi.json", sync_to_thread=False)
    def described(request: Request) -> Schema:
        return document(request)

    return [shown, described, *(_client(name, document) for name in serving.traffic)]


def _client(name: str, document: Any) -> Any:
    @get(f"/v1/{name}/client.py", media_type="text/x-python; charset=utf-8", sync_to_thread=False)
    def source(request: Request) -> str:
        return client.source(document(request), name)

    return source


def address(request: Request) -> str:
    """Where the caller found the service; a Host header that is not a host is not repeated."""
    host = request.headers.get("host", "")
    if not HOST.fullmatch(host):
        host = ":".join(map(str, request.scope["server"] or ("127.0.0.1", 8080)))
    return f"{request.scope['scheme']}://{host}"
