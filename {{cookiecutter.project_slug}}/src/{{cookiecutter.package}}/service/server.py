"""The process around the application: it holds what serves, and changes it by one assignment."""

import asyncio
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .app import Application, Status, build
from .http.control import metrics_route, reload_route
from .logs.log import Log
from .memory import settle
from .metrics import Metrics
from .state import BadState, Serving
from .traffic.shadow import Shadows
from .workers.channel import Channel
from .workers.parent import STATE
from .workers.tally import Tally

THREADS = 2  # for large requests and new models: more would only take memory from each other
HOLD = 0.0005  # seconds that a thread beside the requests may go on while one waits for the interpreter


class Service:
    """An ASGI application that hands every request to the application of the moment.

    folder: of the state and, without `logs`, of what is logged. parent: of a worker, which changes nothing by
    itself.
    """

    def __init__(self, serving: Serving, folder: Path, logs: Path | None = None) -> None:
        self.parent: Channel | None = None
        self.metrics = Metrics()
        self.log = Log(self.metrics.dropped.inc)
        self.shadows = Shadows(self.log, self.metrics)
        self._folder, self._logs, self._changing = folder, logs or folder, asyncio.Lock()
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

    async def total(self) -> Tally:
        """The numbers of all workers in one."""
        return await self.parent.ask("tally") if self.parent else self.metrics.tally()

    def status(self) -> Status:
        """What serves now."""
        return Status.of(self._serving)

    async def reload(self, state: str) -> str | None:
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
        control = [reload_route(self), metrics_route(self)]
        logged = {"log": self.log, "shadows": self.shadows, "metrics": self.metrics, "folder": self._logs}
        return build(serving, control=control, **logged)

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
