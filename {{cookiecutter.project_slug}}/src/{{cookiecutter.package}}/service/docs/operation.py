"""The parts of an operation in the OpenAPI document: what is sent and answered, and how it looks in code."""

import json
import shlex
from typing import Any

import msgspec

from ..http.refusal import Refusal
from ..models.types import MAX_ROWS
from . import schemas
from .schemas import Schema

JSON = "application/json"
REFUSED = {
    "400": ("Not JSON, not a row or a list of rows, or no such version", Refusal("JSON is malformed: …")),
    "401": ("The service asks for a key, and this one is not it", Refusal("X-API-Key is missing or wrong")),
    "408": ("The body was not there in time", None),
    "413": (
        f"More than 10 MB, or than {MAX_ROWS:,} rows",
        Refusal(f"Expected `array` of length <= {MAX_ROWS}"),
    ),
    "422": ("A value that the model does not take", Refusal("Expected `int` <= 12", 0, "month", "1 to 12")),
    "503": ("More requests than can be answered now: try again after Retry-After, in seconds", None),
}


def body(name: str, kind: str, example: Any) -> Schema:
    """One of an endpoint's components, or a list of them."""
    one = schemas.ref(name, kind)
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_ROWS}
    return {"required": True, "content": {JSON: {"schema": {"anyOf": [one, many]}, "example": example}}}


def answers(schema: Schema, example: Any) -> Schema:
    """The good one, and the refusals, which all operations share."""
    good = {"description": "The answer", "content": {JSON: {"schema": schema, "example": example}}}
    return {"200": good} | {status: {"$ref": f"#/components/responses/{status}"} for status in REFUSED}


def found(kind: str) -> Schema:
    """The answer of what is only read. kind: its media type."""
    return {"200": {"description": "Found", "content": {kind: {}}}}


def refused(description: str, example: Refusal | None) -> Schema:
    """A refusal, as the operations refer to it."""
    media = {"schema": {"$ref": "#/components/schemas/Refusal"}}
    if example is not None:
        media["example"] = msgspec.to_builtins(example)
    return {"description": description, "content": {JSON: media}}


def header(name: str, description: str, **limits: Any) -> Schema:
    """A header that a caller may send, of a text within limits."""
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"} | limits}


def samples(address: str, path: str, row: Schema) -> list[Schema]:
    """A line for a POSIX shell that works as it is, and the typed client."""
    sent = shlex.quote(json.dumps(row))
    curl = f"curl {shlex.quote(address + path)} -H 'Content-Type: {JSON}' -d {sent}"
    python = f'from client import EXAMPLE, Client\n\nprint(Client("{address}").predict(EXAMPLE))'
    return [{"lang": "Shell", "label": "curl", "source": curl}, {"lang": "Python", "source": python}]
