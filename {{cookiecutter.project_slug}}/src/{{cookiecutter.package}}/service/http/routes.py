"""The routes under /v1/<endpoint>/: predict, feedback and schema, typed by the models that serve it."""

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from ..logs.truths import Truths
from ..models.signature import Input
from ..traffic.endpoint import Endpoint
from ..traffic.pipeline import Pipeline
from .exchange import Predict, caller_of, predicted


class Received(msgspec.Struct):
    """received: how many truths were taken for the log."""

    received: int


class About(msgspec.Struct, omit_defaults=True):
    """What an endpoint takes and gives, with a real row to try. models: name@version → digest."""

    models: dict[str, str]
    inputs: list[dict[str, Any]]
    example: dict[str, Any]
    task: str | None = None
    thresholds: dict[str, float | None] = {}
    outputs: list[dict[str, Any]] = []


def routes(endpoint: Endpoint, predictor: Predict, truths: Truths) -> list[HTTPRouteHandler]:
    """The handlers of an endpoint that models answer."""
    models = endpoint.models
    about = About(
        models={name: each.bundle.digest for name, each in models.items()},
        inputs=_described(endpoint.inputs),
        example=endpoint.example,
        task=endpoint.first.signature.task,
        thresholds={name: each.signature.threshold for name, each in models.items()},
        outputs=msgspec.to_builtins(endpoint.first.signature.outputs),
    )
    predict = _predict(endpoint.name, predictor)
    return [predict, _feedback(endpoint, truths), _schema(endpoint.name, about)]


def pipeline_routes(pipeline: Pipeline, predictor: Predict) -> list[HTTPRouteHandler]:
    """The handlers of a pipeline; truths are told to the endpoints of its steps, under the same id."""
    models = {name: each.bundle.digest for step in pipeline.endpoints for name, each in step.models.items()}
    about = About(models=models, inputs=_described(pipeline.inputs), example=pipeline.example)
    predict = _predict(pipeline.name, predictor)
    return [predict, _schema(pipeline.name, about)]


def _predict(name: str, predictor: Predict) -> HTTPRouteHandler:
    # the application sends most requests past Litestar; here come those whose path has another spelling
    @post(f"/v1/{name}/predict", status_code=200)
    async def predict(request: Request) -> Response[bytes]:
        found = await predicted(predictor, await request.body(), caller_of(request.scope["headers"]))
        return Response(found, media_type=MediaType.JSON)

    return predict


def _feedback(endpoint: Endpoint, truths: Truths) -> HTTPRouteHandler:
    @post(f"/v1/{endpoint.name}/feedback", status_code=200)
    async def feedback(request: Request) -> Received:
        return Received(truths(await request.body()))

    return feedback


def _schema(name: str, about: About) -> HTTPRouteHandler:
    @get(f"/v1/{name}/schema", sync_to_thread=False)
    def schema() -> About:
        return about

    return schema


def _described(inputs: list[Input]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(each) | {"accepted": each.accepted} for each in inputs]
