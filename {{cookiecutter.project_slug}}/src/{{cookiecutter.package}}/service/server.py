"""The process around the application: it holds what serves, and changes it by one assignment."""

import asyncio
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.exceptions import PermissionDeniedException

from .app import Application, Status, build
from .log import Log
from .metrics import Metrics
from .refusal import Refusal, Refused
from .shadow import Shadows
from .state import BadState, Serving

STATE = "serving.json"


class Reload(msgspec.Struct, forbid_unknown_fields=True):
    """state: a file beside serving.json that is to take its place."""

    state: str


class Service:
    """An ASGI application that hands every request to the application of the moment."""

    def __init__(self, serving: Serving, folder: Path) -> None:
        self._folder = folder
        self.metrics = Metrics()
        self.log = Log(self.metrics.dropped.inc)
        self.shadows = Shadows(self.log, self.metrics)
        self._changing = asyncio.Lock()
        self._serving, self._app = serving, self._build(serving)
        self.metrics.show(serving.endpoints)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    async def reload(self, state: Path) -> Serving:
        """Load and prove a new state beside the old one, then switch; BadState leaves all as it was."""
        async with self._changing:
            serving, app = await asyncio.to_thread(self._load, state)
            state.replace(self._folder / STATE)
            self._serving, self._app = serving, app
        self.metrics.show(serving.endpoints)
        return serving

    def _load(self, state: Path) -> tuple[Serving, Application]:
        if state.resolve().parent != self._folder.resolve():
            raise BadState(f"{state}: not in {self._folder}")
        serving = Serving.load(state, kept=self._serving)
        return serving, self._build(serving)

    def _build(self, serving: Serving) -> Application:
        control = [self._reload_route()]
        logged = {"log": self.log, "shadows": self.shadows, "metrics": self.metrics, "folder": self._folder}
        return build(serving, control=control, **logged)

    def _reload_route(self) -> Any:
        @post("/-/reload", status_code=200, include_in_schema=False)
        async def reload(request: Request) -> Response[Status | Refusal]:
            only_from_here(request)
            try:
                wanted = msgspec.json.decode(await request.body(), type=Reload)
                serving = await self.reload(Path(wanted.state))
            except msgspec.MsgspecError as error:
                raise Refused(Refusal(problem=str(error), accepted='{"state": "<file>"}')) from None
            except BadState as error:
                self.metrics.reloads.labels("refused").inc()
                return Response(Refusal(problem=str(error)), status_code=409)
            self.metrics.reloads.labels("done").inc()
            return Response(Status.of(serving))

        return reload

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self.log.start()
        self.shadows.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self.shadows.stop)
        await asyncio.to_thread(self.log.stop)
        await send({"type": "lifespan.shutdown.complete"})


def only_from_here(request: Request) -> None:
    """Refuse what another machine sends, or a page in a browser of this one (it can't send JSON unasked)."""
    local = request.client is not None and ip_address(request.client.host).is_loopback
    if not local or request.content_type[0] != "application/json":
        raise PermissionDeniedException("Only for this machine, and as application/json")
