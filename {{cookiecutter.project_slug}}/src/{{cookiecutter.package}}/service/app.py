"""The application for one Serving: its endpoints, and the routes that watch and change it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from .docs import routes as docs
from .http import routes
from .http.admission import MAX_BODY
from .http.exchange import Predict, exchange
from .http.refusal import Refusal, Refused
from .logs.log import Log
from .logs.truths import Truths
from .metrics import Metrics
from .state import Serving
from .traffic.predictor import PipelinePredictor, Predictor
from .traffic.scoring import Scoring
from .traffic.shadow import Shadows


class Status(msgspec.Struct):
    """What serves, and since when: the moment of the deploy, not the start of the process.

    models: name@version → digest. endpoints: as the state file has them.
    """

    environment: str
    commit: str | None
    since: datetime
    models: dict[str, str]
    endpoints: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, serving: Serving) -> "Status":
        models = {name: each.bundle.digest for name, each in serving.models.items()}
        endpoints = msgspec.to_builtins(serving.traffic)
        return cls(serving.environment, serving.commit, serving.since, models, endpoints)


class Application:
    """ASGI: requests for predictions go the shortest way, everything else to Litestar."""

    def __init__(self, predictors: dict[str, Predict], litestar: Litestar) -> None:
        self._predictors = {f"/v1/{name}/predict": each for name, each in predictors.items()}
        self._litestar = litestar

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        predict = self._predictors.get(scope["path"])
        if predict is not None and scope["method"] == "POST":
            await exchange(predict, scope, receive, send)
        else:
            await self._litestar(scope, receive, send)


def build(
    serving: Serving, *, log: Log, shadows: Shadows, metrics: Metrics, folder: Path, control: Sequence[Any]
) -> Application:
    """A complete application, so that routes, types and OpenAPI follow the models.

    folder: where predictions are logged. control: further handlers, those that change what serves.
    """
    logged: dict[str, Any] = {"log": log, "metrics": metrics, "folder": folder}
    scoring = {name: Scoring(each, shadows=shadows, **logged) for name, each in serving.endpoints.items()}
    predictors: dict[str, Predict] = {}
    handlers: list[HTTPRouteHandler] = [*control, *watching(serving), *docs.routes(serving)]
    for name, each in serving.endpoints.items():
        predictors[name] = Predictor(each, scoring[name], metrics)
        handlers += routes.routes(each, predictors[name], Truths(each, **logged))
    for name, pipeline in serving.pipelines.items():
        predictors[name] = PipelinePredictor(pipeline, scoring, metrics)
        handlers += routes.pipeline_routes(pipeline, predictors[name])
    return Application(predictors, litestar(handlers))


def litestar(handlers: list[HTTPRouteHandler]) -> Litestar:
    return Litestar(
        handlers,
        openapi_config=None,  # ours is made from the signatures
        request_max_body_size=MAX_BODY,
        exception_handlers={Refused: refused, HTTPException: failed},
        logging_config=None,
    )


def watching(serving: Serving) -> list[HTTPRouteHandler]:
    """The routes of operators: health and status."""
    status = Status.of(serving)

    @get("/health/live", sync_to_thread=False)
    def live() -> dict[str, bool]:
        return {"live": True}

    @get("/health/ready", sync_to_thread=False)
    def ready() -> dict[str, bool]:
        return {"ready": True}

    @get("/status", sync_to_thread=False)
    def show() -> Status:
        return status

    return [live, ready, show]


def refused(_: Request, error: Refused) -> Response[Refusal]:
    return Response(error.refusal, status_code=error.status)


def failed(_: Request, error: HTTPException) -> Response[Refusal]:
    return Response(Refusal(problem=error.detail), status_code=error.status_code, headers=error.headers)
