"""Who may ask: the caller with the key, where the service was given one."""

import hmac
import os
from ipaddress import ip_address
from typing import Any

from .admission import answer

VARIABLE = "SERVICE_API_KEY"
OPEN = {"/health/live", "/health/ready", "/metrics"}  # for probes and Prometheus: no rows, nothing to change
RELOAD = "/-/reload"
FORWARDED = {b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"}
CHALLENGE = [(b"www-authenticate", b'ApiKey header="X-API-Key"')]


def from_environment() -> bytes:
    """The key; empty where none is asked for. It leaves the environment, which whatever fails might print."""
    return os.environ.pop(VARIABLE, "").encode()


class Guard:
    """An ASGI application in front of another that answers 401, or 403, to who may not ask."""

    def __init__(self, app: Any, key: bytes) -> None:
        self._app, self._key = app, key

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
        elif scope["path"] == RELOAD and not (is_from_here(scope) or (self._key and self._has_key(scope))):
            await answer(send, 403, "Only from this machine, or with the key", [])
        elif scope["path"] == RELOAD or not self._key or self._has_key(scope):
            await self._app(scope, receive, send)
        else:
            await answer(send, 401, "The header X-API-Key has to be the key of this service", CHALLENGE)

    def _has_key(self, scope: Any) -> bool:
        given = next((value for name, value in scope["headers"] if name == b"x-api-key"), b"")
        return hmac.compare_digest(given, self._key)


def is_from_here(scope: Any) -> bool:
    """Whether a program of this machine asks for itself: no proxy for another, no page in a browser."""
    names = {name for name, _ in scope["headers"]}
    local = scope["client"] is not None and ip_address(scope["client"][0]).is_loopback
    return local and not names & FORWARDED and b"origin" not in names
