"""The OpenAPI document of what serves, made from the models' signatures; docs and clients come from it."""

import json
import shlex
from typing import Any

import msgspec

from . import schemas
from .refusal import Refusal
from .schemas import Schema
from .state import Endpoint, Serving
from .types import MAX_ROWS

ID = "0123456789abcdef"
JSON = "application/json"
HEADERS = {
    "X-Unit": "Who or what the rows are about: the same unit always meets the same model",
    "X-Model-Version": "The version that is to answer, instead of the one that the traffic's weights choose",
}
REFUSED = {
    "400": ("Not JSON, not a row or a list of rows, or no such version", Refusal("JSON is malformed: …")),
    "401": ("The service asks for a key, and this one is not it", Refusal("X-API-Key is missing or wrong")),
    "413": (
        f"More than 10 MB, or than {MAX_ROWS:,} rows",
        Refusal(f"Expected `array` of length <= {MAX_ROWS}"),
    ),
    "422": ("A value that the model does not take", Refusal("Expected `int` <= 12", 0, "month", "1 to 12")),
    "503": ("More requests than can be answered now: try again after Retry-After, in seconds", None),
}


def document(serving: Serving, address: str) -> Schema:
    """The document. address: where callers reach the service, as http://127.0.0.1:8080."""
    paths: Schema = dict(OPERATORS)
    components: Schema = {"Refusal": schemas.struct(Refusal)}
    for endpoint in serving.endpoints.values():
        paths |= _paths(endpoint, address)
        components |= schemas.of(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Models in {serving.environment}", "version": (serving.commit or "local")[:12]},
        "servers": [{"url": address}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {status: _refused(*said) for status, said in REFUSED.items()},
            "parameters": {name: _header(name, about) for name, about in HEADERS.items()},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        },
        "security": [{}, {"key": []}],  # asked for where the service was started with one
    }


def _paths(endpoint: Endpoint, address: str) -> Schema:
    at, row = f"/v1/{endpoint.name}", endpoint.bundle.signature.examples[0].inputs
    about = {"tags": [endpoint.name]}
    predict = about | {
        "operationId": f"{endpoint.name}.predict",
        "summary": "Score a row, or a list of rows",
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in HEADERS],
        "requestBody": _body(endpoint, "Row", row),
        "responses": _answers(schemas.ref(endpoint, "Answer"), _answer(endpoint)),
        "x-codeSamples": _samples(address, f"{at}/predict", row),
        "x-routes": msgspec.to_builtins(endpoint.routes),
    }
    feedback = about | {
        "operationId": f"{endpoint.name}.feedback",
        "summary": "Tell what was true of earlier predictions, by their ids",
        "requestBody": _body(endpoint, "Truth", {"id": ID, "truth": 1}),
        "responses": _answers(schemas.record({"received": {"type": "integer"}}), {"received": 1}),
    }
    schema = about | {"summary": "Inputs, outputs and an example", "responses": _found(JSON)}
    client = about | {"summary": "A typed client, as one Python file", "responses": _found("text/x-python")}
    return {
        f"{at}/predict": {"post": predict},
        f"{at}/feedback": {"post": feedback},
        f"{at}/schema": {"get": schema},
        f"{at}/client.py": {"get": client},
    }


def _samples(address: str, path: str, row: Schema) -> list[Schema]:
    """A line for a POSIX shell that works as it is, and the typed client."""
    body = shlex.quote(json.dumps(row))
    curl = f"curl {shlex.quote(address + path)} -H 'Content-Type: {JSON}' -d {body}"
    python = f'from client import EXAMPLE, Client\n\nprint(Client("{address}").predict(EXAMPLE))'
    return [{"lang": "Shell", "label": "curl", "source": curl}, {"lang": "Python", "source": python}]


def _answer(endpoint: Endpoint) -> Schema:
    """The answer to the example row, as the recorded output has it."""
    signature = endpoint.bundle.signature
    output = signature.examples[0].output
    said = {"id": ID, "model": endpoint.routes.routes[0].model, signature.outputs[0].name: output}
    if signature.threshold is not None:
        said["label"] = int(output >= signature.threshold)
    return {"predictions": [said]}


def _body(endpoint: Endpoint, kind: str, example: Any) -> Schema:
    one = schemas.ref(endpoint, kind)
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_ROWS}
    return {"required": True, "content": {JSON: {"schema": {"anyOf": [one, many]}, "example": example}}}


def _answers(schema: Schema, example: Any) -> Schema:
    good = {"description": "The answer", "content": {JSON: {"schema": schema, "example": example}}}
    return {"200": good} | {status: {"$ref": f"#/components/responses/{status}"} for status in REFUSED}


def _found(kind: str) -> Schema:
    return {"200": {"description": "Found", "content": {kind: {}}}}


def _refused(description: str, example: Refusal | None) -> Schema:
    media = {"schema": {"$ref": "#/components/schemas/Refusal"}}
    if example is not None:
        media["example"] = msgspec.to_builtins(example)
    return {"description": description, "content": {JSON: media}}


def _header(name: str, description: str) -> Schema:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


OPERATORS = {
    path: {"get": {"tags": ["operators"], "summary": summary, "responses": _found(kind)}}
    for path, summary, kind in (
        ("/health/live", "The process answers", JSON),
        ("/health/ready", "The models gave their recorded scores", JSON),
        ("/status", "Environment, versions, digests and commit", JSON),
        ("/metrics", "For Prometheus", "text/plain"),
    )
}
