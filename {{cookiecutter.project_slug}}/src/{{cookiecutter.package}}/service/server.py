"""The process around the application: it holds what serves, and changes it by one assignment."""

import asyncio
import gc
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import uvicorn
from litestar import Request, Response, get, post
from litestar.exceptions import PermissionDeniedException

from . import key
from .address import BACKLOG
from .admission import Admission
from .app import Application, Status, build
from .channel import Channel
from .log import Log
from .metrics import CONTENT_TYPE, Metrics, text
from .protocol import Protocol
from .refusal import Refusal, Refused
from .shadow import Shadows
from .state import BadState, Serving
from .tally import Tally
from .workers import STATE

DRAIN = 5  # seconds for the answers that are under way when the process is told to end
THREADS = 2  # for large requests and new models: more would only take memory from each other
HOLD = 0.0005  # seconds that a thread beside the requests may go on while one waits for the interpreter
IDLE = 75  # seconds that a connection may wait for its next request


class Reload(msgspec.Struct, forbid_unknown_fields=True):
    """state: a file beside serving.json that is to take its place."""

    state: str


class Service:
    """An ASGI application that hands every request to the application of the moment.

    parent: of a worker, which changes nothing by itself.
    """

    def __init__(self, serving: Serving, folder: Path) -> None:
        self.parent: Channel | None = None
        self.metrics = Metrics()
        self.log = Log(self.metrics.dropped.inc)
        self.shadows = Shadows(self.log, self.metrics)
        self._folder, self._changing = folder, asyncio.Lock()
        self._next: tuple[Serving, Application] | None = None
        self._use(serving, self._build(serving))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    async def prepare(self, state: str) -> str | None:
        """Load and prove a new state beside what serves; why it can't serve, where it can't."""
        try:
            self._next = await asyncio.to_thread(self._load, Path(state))
        except BadState as error:
            return str(error)
        except Exception as error:  # whatever it is: what serves must go on
            traceback.print_exc()
            return f"{type(error).__name__}: {error}"
        return None

    async def switch(self, _: None = None) -> None:
        """Serve what was prepared."""
        self._use(*self._next)
        self._next = None
        settle()

    async def forget(self, _: None = None) -> None:
        """Let go of what was prepared."""
        self._next = None

    async def tally(self, _: None = None) -> Tally:
        """The numbers of this process."""
        return self.metrics.tally()

    async def _reload(self, state: str) -> str | None:
        """Prepare and switch, here or in all workers; why what served before still does, where it does."""
        if self.parent:
            return await self.parent.ask("reload", state)
        async with self._changing:
            if refused := await self.prepare(state):
                return refused
            Path(state).replace(self._folder / STATE)
            await self.switch()
            return None

    def _use(self, serving: Serving, app: Application) -> None:
        self._serving, self._app = serving, app
        self.metrics.show(serving.endpoints)

    def _load(self, state: Path) -> tuple[Serving, Application]:
        if state.resolve().parent != self._folder.resolve():
            raise BadState(f"{state}: not in {self._folder}")
        serving = Serving.load(state, kept=self._serving)
        return serving, self._build(serving)

    def _build(self, serving: Serving) -> Application:
        control = [self._reload_route(), self._metrics_route()]
        logged = {"log": self.log, "shadows": self.shadows, "metrics": self.metrics, "folder": self._folder}
        return build(serving, control=control, **logged)

    def _reload_route(self) -> Any:
        @post(key.RELOAD, status_code=200, include_in_schema=False)
        async def reload(request: Request) -> Response[Status | Refusal]:
            if request.content_type[0] != "application/json":  # what a page in a browser can't send unasked
                raise PermissionDeniedException("Only as application/json")
            try:
                wanted = msgspec.json.decode(await request.body(), type=Reload)
            except msgspec.MsgspecError as error:
                raise Refused(Refusal(problem=str(error), accepted='{"state": "<file>"}')) from None
            refused = await self._reload(wanted.state)
            self.metrics.reloads.labels("refused" if refused else "done").inc()
            if refused:
                return Response(Refusal(problem=refused), status_code=409)
            return Response(Status.of(self._serving))

        return reload

    def _metrics_route(self) -> Any:
        @get("/metrics", media_type=CONTENT_TYPE, summary="For Prometheus: the numbers of all workers")
        async def prometheus() -> bytes:
            return text(await self.parent.ask("tally") if self.parent else self.metrics.tally())

        return prometheus

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
        self.log.start()
        self.shadows.start()
        sys.setswitchinterval(HOLD)
        settle()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self.shadows.stop)
        await asyncio.to_thread(self.log.stop)
        await send({"type": "lifespan.shutdown.complete"})


def settle() -> None:
    """Free what is not used any more; what is left is not looked through again, which would take 70 ms."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class NoPandas:
    """An importer for a process that only serves: pyarrow would load pandas where it is installed, 65 MB."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def configured(service: Service, **where: Any) -> uvicorn.Config:
    """The HTTP server of one process, with what stands in front of the service."""
    sys.meta_path.insert(0, NoPandas)
    pa.set_memory_pool(pa.system_memory_pool())  # its own one keeps 20 MB for the next file
    app = key.Guard(Admission(service, service.metrics.overload), key.from_environment())
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="on",
        proxy_headers=False,  # who is on this machine must be what the system says
        server_header=False,
        access_log=False,
        log_level="warning",
        backlog=BACKLOG,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=DRAIN,
        **where,
    )
