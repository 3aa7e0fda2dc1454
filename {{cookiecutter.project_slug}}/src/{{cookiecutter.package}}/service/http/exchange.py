"""One request for a prediction and its answer, straight between the server and a predictor.

A framework's request, parameters and response would cost more than the scoring of a row does.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ..models.types import TEXT
from ..traffic.scoring import Caller
from .refusal import Refusal, Refused

LARGE = 100_000  # bytes; some hundred rows: scored in a thread, so that single rows need not wait for them
NOBODY = Caller()
JSON = (b"content-type", b"application/json")

Predict = Callable[[bytes, Caller], bytes]
Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]


async def exchange(predict: Predict, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer a POST, whose whole body is in its first message: so it comes through the door."""
    body = (await receive())["body"]
    try:
        status, answer = 200, await predicted(predict, body, caller_of(scope["headers"]))
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
    if unit and len(unit) > TEXT:
        raise Refused(Refusal("X-Unit is too long", accepted=f"at most {TEXT:,} characters"))
    asked = None if version is None else version.decode("latin-1")
    return Caller(unit.decode("latin-1") if unit else None, asked)
