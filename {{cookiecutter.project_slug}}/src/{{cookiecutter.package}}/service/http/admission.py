"""The door: so many requests and bytes at once and no more, and nobody takes for ever over a request."""

import asyncio
from typing import Any

import msgspec
from prometheus_client import Counter

from .refusal import Refusal

REQUESTS = 256  # that wait for an answer at once, in one process: a few hundredths of a second of work
MAX_BODY = 10_000_000  # bytes
BODIES = 4 * MAX_BODY  # bytes in memory at once
BODY_SECONDS = 10.0  # in which a body has to be there
RETRY = [(b"retry-after", b"1")]
CLOSE = [(b"connection", b"close")]  # what is left of the body is not read


class Closed(Exception):
    """The request is not let in."""

    def __init__(self, status: int, problem: str, headers: list[tuple[bytes, bytes]]) -> None:
        self.status, self.problem, self.headers = status, problem, headers


class Admission:
    """An ASGI application in front of another, for what is under /v1/: what operators read always passes.

    A request that is let in has its whole body here, so that nothing waits for its caller from then on.
    """

    def __init__(self, app: Any, refused: Counter) -> None:
        self._app, self._refused = app, refused
        self._requests, self._bytes = 0, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
        elif self._requests >= REQUESTS:
            await self._refuse(send, full())
        else:
            self._requests += 1
            try:
                await asyncio.sleep(0)  # all that came together are counted before the first is answered
                await self._admit(scope, receive, send)
            except Closed as closed:
                await self._refuse(send, closed)
            finally:
                self._requests -= 1

    async def _admit(self, scope: Any, receive: Any, send: Any) -> None:
        require_small(scope)
        message = await receive()
        if message.get("more_body"):
            message = await self._rest(message, receive)
        if message["type"] == "http.disconnect":
            return
        held = len(message["body"])
        self._bytes += held
        try:
            await self._app(scope, replay(message, receive), send)
        finally:
            self._bytes -= held

    async def _rest(self, first: dict, receive: Any) -> dict:
        """One message with the whole body of a request that comes in parts."""
        parts, held = [first["body"]], len(first["body"])
        self._bytes += held
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return message
                    parts.append(message["body"])
                    held += len(message["body"])
                    self._bytes += len(message["body"])
                    self._require_room(held)
                    if not message.get("more_body"):
                        return {"type": "http.request", "body": b"".join(parts), "more_body": False}
        except TimeoutError:
            raise Closed(408, f"The body was not there within {BODY_SECONDS:g} s", CLOSE) from None
        finally:
            self._bytes -= held

    def _require_room(self, held: int) -> None:
        if held > MAX_BODY:
            raise Closed(413, f"The body has more than {MAX_BODY:,} bytes", CLOSE)
        if self._bytes > BODIES:
            raise full(CLOSE)

    async def _refuse(self, send: Any, closed: Closed) -> None:
        if closed.status == 503:
            self._refused.inc()
        await answer(send, closed.status, closed.problem, closed.headers)


def full(more: list[tuple[bytes, bytes]] | tuple = ()) -> Closed:
    return Closed(503, "Too many requests at once: try again", [*RETRY, *more])


def require_small(scope: Any) -> None:
    """Closed for a request that says that its body is too long; what says nothing is measured."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if int(length) > MAX_BODY:
        raise Closed(413, f"The body has more than {MAX_BODY:,} bytes", CLOSE)


def replay(message: dict, receive: Any) -> Any:
    """A `receive` that gives the body at once, then what the caller does next."""
    messages = [message]

    async def again() -> Any:
        return messages.pop() if messages else await receive()

    return again


async def answer(send: Any, status: int, problem: str, headers: list[tuple[bytes, bytes]]) -> None:
    """Answer in place of the application, in the form of its other refusals."""
    body = msgspec.json.encode(Refusal(problem=problem))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
