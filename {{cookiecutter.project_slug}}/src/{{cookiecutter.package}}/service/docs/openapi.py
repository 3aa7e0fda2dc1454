"""The OpenAPI document of what serves, made from the models' signatures; docs and clients come from it."""

import msgspec

from ..http.refusal import Refusal
from ..models.types import TEXT
from ..state import Serving
from ..statefile import Routes, Steps
from ..traffic.endpoint import Endpoint
from ..traffic.pipeline import Pipeline
from . import schemas
from .operation import JSON, REFUSED, answers, body, found, header, refused, samples
from .schemas import Schema

ID = "0123456789abcdef"
UNIT = "Who or what the rows are about: the same unit always meets the same model"
VERSION = "The version that is to answer, instead of the one that the weights choose"


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
            "responses": {status: refused(*said) for status, said in REFUSED.items()},
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
            header("X-Unit", UNIT, maxLength=TEXT),
            header("X-Model-Version", VERSION, enum=_versions(endpoint)),
        ],
        "requestBody": body(name, "Row", endpoint.example),
        "responses": answers(schemas.ref(name, "Answer"), {"predictions": [answer]}),
        "x-codeSamples": samples(address, f"{at}/predict", endpoint.example),
        "x-traffic": msgspec.to_builtins(traffic),
    }
    schema = {"tags": [name], "summary": "Inputs, outputs and an example", "responses": found(JSON)}
    client = {
        "tags": [name],
        "summary": "A typed client, as one Python file",
        "responses": found("text/x-python"),
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
        "requestBody": body(name, "Truth", {"id": ID, "truth": 1}),
        "responses": answers(schemas.record({"received": {"type": "integer"}}), {"received": 1}),
    }
    return {f"/v1/{name}/feedback": {"post": feedback}}


def _scored(endpoint: Endpoint) -> Schema:
    """What an endpoint says of its example, as the recorded output has it."""
    model = endpoint.first
    output = model.signature.examples[0].output
    said = {"model": model.name, model.output.name: output}
    if model.signature.threshold is not None:
        said["label"] = int(output >= model.signature.threshold)
    return said


def _versions(endpoint: Endpoint | Pipeline) -> list[str]:
    """All that a caller may ask for: late-arrival@v1.4.0, or in short v1.4.0 where that is one model."""
    endpoints = endpoint.endpoints if isinstance(endpoint, Pipeline) else [endpoint]
    named = {
        name: each
        for each in endpoints
        for model in each.models.values()
        for name in (model.name, model.version)
    }
    return [name for name, each in named.items() if each.named(name)]


OPERATORS = {
    path: {"get": {"tags": ["operators"], "summary": summary, "responses": found(kind)}}
    for path, summary, kind in (
        ("/health/live", "The process answers", JSON),
        ("/health/ready", "The models gave their recorded scores", JSON),
        ("/status", "Environment, versions, digests and commit", JSON),
        ("/metrics", "For Prometheus", "text/plain"),
    )
}
