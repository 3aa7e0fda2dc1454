"""The OpenAPI document of what serves, made from the models' signatures; docs and clients come from it."""

import json
import shlex
from typing import Any

import msgspec

from . import schemas
from .pipeline import Pipeline
from .refusal import Refusal
from .schemas import Schema
from .state import Serving
from .statefile import Routes, Steps
from .traffic import Endpoint
from .types import MAX_ROWS, TEXT

ID = "0123456789abcdef"
JSON = "application/json"
UNIT = "Who or what the rows are about: the same unit always meets the same model"
VERSION = "The version that is to answer, instead of the one that the weights choose"
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


def document(serving: Serving, address: str) -> Schema:
    """The document. address: where callers reach the service, as http://127.0.0.1:8080."""
    paths: Schema = dict(OPERATORS)
    components: Schema = {"Refusal": schemas.struct(Refusal)}
    for endpoint in serving.endpoints.values():
        answer = {"id": ID} | _scored(endpoint)
        paths |= _paths(endpoint, endpoint.routes, answer, address) | _feedback(endpoint.name)
        components |= schemas.of(endpoint)
    for pipeline in serving.pipelines.values():
        answer = {"id": ID} | {each.name: _scored(each) for each in pipeline.endpoints}
        paths |= _paths(pipeline, pipeline.asked, answer, address)
        components |= schemas.of_pipeline(pipeline)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Models in {serving.environment}", "version": (serving.commit or "local")[:12]},
        "servers": [{"url": address}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {status: _refused(*said) for status, said in REFUSED.items()},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        },
        "security": [{}, {"key": []}],  # asked for where the service was started with one
    }


def _paths(endpoint: Endpoint | Pipeline, traffic: Routes | Steps, answer: Schema, address: str) -> Schema:
    name, at = endpoint.name, f"/v1/{endpoint.name}"
    predict = {
        "tags": [name],
        "operationId": f"{name}.predict",
        "summary": "Score a row, or a list of rows",
        "parameters": [
            _header("X-Unit", UNIT, maxLength=TEXT),
            _header("X-Model-Version", VERSION, enum=_versions(endpoint)),
        ],
        "requestBody": _body(name, "Row", endpoint.example),
        "responses": _answers(schemas.ref(name, "Answer"), {"predictions": [answer]}),
        "x-codeSamples": _samples(address, f"{at}/predict", endpoint.example),
        "x-traffic": msgspec.to_builtins(traffic),
    }
    schema = {"tags": [name], "summary": "Inputs, outputs and an example", "responses": _found(JSON)}
    client = {
        "tags": [name],
        "summary": "A typed client, as one Python file",
        "responses": _found("text/x-python"),
    }
    return {
        f"{at}/predict": {"post": predict},
        f"{at}/schema": {"get": schema},
        f"{at}/client.py": {"get": client},
    }


def _feedback(name: str) -> Schema:
    feedback = {
        "tags": [name],
        "operationId": f"{name}.feedback",
        "summary": "Tell what was true of earlier predictions, by their ids",
        "requestBody": _body(name, "Truth", {"id": ID, "truth": 1}),
        "responses": _answers(schemas.record({"received": {"type": "integer"}}), {"received": 1}),
    }
    return {f"/v1/{name}/feedback": {"post": feedback}}


def _samples(address: str, path: str, row: Schema) -> list[Schema]:
    """A line for a POSIX shell that works as it is, and the typed client."""
    body = shlex.quote(json.dumps(row))
    curl = f"curl {shlex.quote(address + path)} -H 'Content-Type: {JSON}' -d {body}"
    python = f'from client import EXAMPLE, Client\n\nprint(Client("{address}").predict(EXAMPLE))'
    return [{"lang": "Shell", "label": "curl", "source": curl}, {"lang": "Python", "source": python}]


def _scored(endpoint: Endpoint) -> Schema:
    """What an endpoint says of its example, as the recorded output has it."""
    model = endpoint.first
    output = model.signature.examples[0].output
    said = {"model": model.name, model.output.name: output}
    if model.signature.threshold is not None:
        said["label"] = int(output >= model.signature.threshold)
    return said


def _body(name: str, kind: str, example: Any) -> Schema:
    one = schemas.ref(name, kind)
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


def _header(name: str, description: str, **limits: Any) -> Schema:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"} | limits}


def _versions(endpoint: Endpoint | Pipeline) -> list[str]:
    """All that a caller may ask for: late-arrival@v1.4.0, or in short v1.4.0."""
    endpoints = endpoint.endpoints if isinstance(endpoint, Pipeline) else [endpoint]
    models = [model for each in endpoints for model in each.models.values()]
    return list(dict.fromkeys(name for model in models for name in (model.name, model.version)))


OPERATORS = {
    path: {"get": {"tags": ["operators"], "summary": summary, "responses": _found(kind)}}
    for path, summary, kind in (
        ("/health/live", "The process answers", JSON),
        ("/health/ready", "The models gave their recorded scores", JSON),
        ("/status", "Environment, versions, digests and commit", JSON),
        ("/metrics", "For Prometheus", "text/plain"),
    )
}
