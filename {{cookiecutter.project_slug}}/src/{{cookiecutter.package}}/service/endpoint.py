"""The routes of one endpoint: predict, feedback and schema, typed by the model that serves it."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler

from .scoring import Predictor, Truths
from .state import Endpoint


class Received(msgspec.Struct):
    """received: how many truths were taken for the log."""

    received: int


class About(msgspec.Struct):
    """What the model takes and gives, with a real row to try."""

    model: str
    digest: str
    task: str
    threshold: float | None
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    example: dict[str, Any]


def routes(endpoint: Endpoint, predictor: Predictor, truths: Truths) -> list[HTTPRouteHandler]:
    """The handlers under /v1/<endpoint>/."""
    at, signature, types = f"/v1/{endpoint.name}", endpoint.bundle.signature, endpoint.types
    row = signature.examples[0].inputs
    about = About(
        model=endpoint.model,
        digest=endpoint.bundle.digest,
        task=signature.task,
        threshold=signature.threshold,
        inputs=[msgspec.to_builtins(each) | {"accepted": each.accepted} for each in signature.inputs],
        outputs=msgspec.to_builtins(signature.outputs),
        example=row,
    )

    @post(f"{at}/predict", status_code=200)
    async def predict(request: Request) -> types.answer:
        return predictor(await request.body())

    @post(f"{at}/feedback", status_code=200)
    async def feedback(request: Request) -> Received:
        return Received(truths(await request.body()))

    @get(f"{at}/schema", sync_to_thread=False)
    def schema() -> About:
        return about

    return [predict, feedback, schema]
