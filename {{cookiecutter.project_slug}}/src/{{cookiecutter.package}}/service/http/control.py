"""The routes by which a service is changed and counted, in one process or in several."""

from typing import Any, Protocol

import msgspec
from litestar import Request, Response, get, post
from litestar.exceptions import PermissionDeniedException

from ..app import Status
from ..metrics import CONTENT_TYPE, Metrics, text
from ..workers.tally import Tally
from .key import RELOAD
from .refusal import Refusal, Refused


class Service(Protocol):
    """What these routes ask of."""

    metrics: Metrics

    async def reload(self, state: str) -> str | None: ...
    async def total(self) -> Tally: ...
    def status(self) -> Status: ...


class Reload(msgspec.Struct, forbid_unknown_fields=True):
    """state: a file beside serving.json that is to take its place."""

    state: str


def reload_route(service: Service) -> Any:
    @post(RELOAD, status_code=200, include_in_schema=False)
    async def reload(request: Request) -> Response[Status | Refusal]:
        if request.content_type[0] != "application/json":  # what a page in a browser can't send unasked
            raise PermissionDeniedException("Only as application/json")
        try:
            wanted = msgspec.json.decode(await request.body(), type=Reload)
        except msgspec.MsgspecError as error:
            raise Refused(Refusal(problem=str(error), accepted='{"state": "<file>"}')) from None
        refused = await service.reload(wanted.state)
        service.metrics.reloads.labels("refused" if refused else "done").inc()
        if refused:
            return Response(Refusal(problem=refused), status_code=409)
        return Response(service.status())

    return reload


def metrics_route(service: Service) -> Any:
    @get("/metrics", media_type=CONTENT_TYPE, summary="For Prometheus: the numbers of all workers")
    async def prometheus() -> bytes:
        return text(await service.total())

    return prometheus
