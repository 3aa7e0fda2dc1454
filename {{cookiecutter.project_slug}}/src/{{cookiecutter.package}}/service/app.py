"""The Litestar application for one Serving: its endpoints, and the routes that watch and change it."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.exceptions import HTTPException

from . import endpoint, pages
from .log import Log
from .metrics import CONTENT_TYPE, Metrics
from .refusal import Refusal, Refused
from .scoring import Predictor, Truths
from .state import Routes, Serving

MAX_BODY = 10_000_000  # bytes


class Status(msgspec.Struct):
    """What serves, and since when: the moment of the deploy, not the start of the process.

    models: name@version → digest.
    """

    environment: str
    commit: str | None
    since: datetime
    models: dict[str, str]
    endpoints: dict[str, Routes]

    @classmethod
    def of(cls, serving: Serving) -> "Status":
        models = {each.model: each.bundle.digest for each in serving.endpoints.values()}
        endpoints = {each.name: each.routes for each in serving.endpoints.values()}
        return cls(serving.environment, serving.commit, serving.since, models, endpoints)


def build(serving: Serving, *, log: Log, metrics: Metrics, folder: Path, control: list[Any]) -> Litestar:
    """A complete application, so that routes, types and OpenAPI follow the models.

    folder: where predictions are logged. control: further handlers, those that change what serves.
    """
    logged: dict[str, Any] = {"log": log, "metrics": metrics, "folder": folder}
    handlers = [*control, *watching(serving, metrics), *pages.routes(serving)]
    for each in serving.endpoints.values():
        handlers += endpoint.routes(each, Predictor(each, **logged), Truths(each, **logged))
    return Litestar(
        handlers,
        openapi_config=None,  # ours is made from the signatures
        request_max_body_size=MAX_BODY,
        exception_handlers={Refused: refused, HTTPException: failed},
        logging_config=None,
    )


def watching(serving: Serving, metrics: Metrics) -> list[Any]:
    """The routes of operators: health, status and metrics."""
    status = Status.of(serving)

    @get("/health/live", sync_to_thread=False, summary="The process answers")
    def live() -> dict[str, bool]:
        return {"live": True}

    @get("/health/ready", sync_to_thread=False, summary="The models gave their recorded scores")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    @get("/status", sync_to_thread=False, summary="Environment, versions, digests and commit")
    def show() -> Status:
        return status

    @get("/metrics", sync_to_thread=False, media_type=CONTENT_TYPE, summary="For Prometheus")
    def prometheus() -> bytes:
        return metrics.text()

    return [live, ready, show, prometheus]


def refused(_: Request, error: Refused) -> Response[Refusal]:
    return Response(error.refusal, status_code=error.status)


def failed(_: Request, error: HTTPException) -> Response[Refusal]:
    return Response(Refusal(problem=error.detail), status_code=error.status_code, headers=error.headers)
