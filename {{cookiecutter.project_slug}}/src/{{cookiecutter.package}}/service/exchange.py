"""One request for a prediction and its answer, straight between the server and a predictor.

A framework's request, parameters and response would cost more than the scoring of a row does.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from .refusal import Refusal, Refused
from .scoring import Caller

MAX_BODY = 10_000_000  # bytes
LARGE = 100_000  # bytes; some hundred rows: scored in a thread, so that single rows need not wait for them
JSON = (b"content-type", b"application/json")

Predict = Callable[[bytes, Caller], bytes]
Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]


class Gone(Exception):
    """The caller hung up before all was said."""


async def exchange(predict: Predict, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer a POST, as an ASGI server hands it over."""
    try:
        body = await _body(receive)
        caller = caller_of(scope["headers"])
        status, answer = 200, await predicted(predict, body, caller)
    except Gone:
        return
    except Refused as error:
        status, answer = error.status, msgspec.json.encode(error.refusal)
    headers = [JSON, (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def predicted(predict: Predict, body: bytes, caller: Caller) -> bytes:
    """The answer, made in a thread where the body is large."""
    if len(body) < LARGE:
        return predict(body, caller)
    return await asyncio.to_thread(predict, body, caller)


def caller_of(headers: Iterable[tuple[bytes, bytes]]) -> Caller:
    """What the headers say, whose names are in lower case."""
    found = dict(headers)
    unit, version = found.get(b"x-unit"), found.get(b"x-model-version")
    if unit is version is None:
        return NOBODY
    return Caller(unit.decode("latin-1") if unit else None, version.decode("latin-1") if version is not None else None)


NOBODY = Caller()


async def _body(receive: Receive) -> bytes:
    """The whole body; Refused where it is too large, Gone where it ends early."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise Refused(Refusal(f"More than {MAX_BODY:,} bytes"), 413)
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)
