"""Several processes that answer at one address, and their parent, which answers nothing.

It accepts connections and hands them over in turn: where processes accept by themselves, one of them gets
most. It imports little: what a worker does, it must survive.
"""

import asyncio
import contextlib
import signal
import socket
from pathlib import Path
from typing import Any

from ..http.address import listening
from .child import Child
from .tally import Tally, lasting, total

STATE = "serving.json"
DRAIN = 18.0  # seconds in which workers have to end
AGAIN = 1.0  # seconds between two workers that do not start


class NoWorker(Exception):
    """None of the workers starts; each has said why."""


class Workers:
    """So many workers for a state folder, each replaced when it ends."""

    def __init__(self, folder: Path, listener: socket.socket, count: int) -> None:
        self._folder, self._listener, self._count = folder, listener, count
        self._children: list[Child] = []
        self._turn = 0  # who got the last connection
        self._ended: Tally = []  # the numbers of workers that are no more: a counter never jumps back
        self._changing, self._stop, self._some_ready = asyncio.Lock(), asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        """Keep the workers alive until SIGTERM or SIGINT; NoWorker where they do not start."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        keepers = [asyncio.create_task(self._keep()) for _ in range(self._count)]
        tasks = [*keepers, asyncio.create_task(self._accept()), asyncio.create_task(self._stop.wait())]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self._stop.set()
        await self._end(keepers)
        for task in done:
            task.result()

    async def _keep(self) -> None:
        """Run a worker, and another one whenever it ends."""
        while not self._stop.is_set():
            async with self._changing:  # a worker that starts in a change might miss it
                answers = {"reload": self._reload, "tally": self._tally}
                child = await Child.start(self._folder, answers, self._some_ready.set)
                self._children.append(child)
            await child.ended()
            self._children.remove(child)
            self._ended = total([self._ended, lasting(child.tally)])
            if not self._ready():
                self._some_ready.clear()
            if not child.is_ready and not self._stop.is_set():
                if not self._ready():
                    raise NoWorker
                await asyncio.sleep(AGAIN)

    async def _accept(self) -> None:
        """Hand connections to the workers, in turn; they wait while there is none."""
        self._listener.setblocking(False)
        while True:
            await self._some_ready.wait()
            try:
                connection, _ = await asyncio.get_running_loop().sock_accept(self._listener)
            except OSError:  # the caller hung up, or there are too many files
                await asyncio.sleep(0.01)
                continue
            with connection:
                while not self._hand_over(connection):
                    await asyncio.sleep(0.01)

    def _hand_over(self, connection: socket.socket) -> bool:
        """Whether a worker took it."""
        ready = self._ready()
        self._turn = (self._turn + 1) % max(len(ready), 1)
        return any(child.take(connection) for child in ready[self._turn :] + ready[: self._turn])

    def _ready(self) -> list[Child]:
        return [child for child in self._children if child.is_ready]

    async def _reload(self, state: str) -> str | None:
        """Let all workers prove a state, and when all have, let all switch; the reason where one refuses."""
        async with self._changing:
            refused = [why for why in await self._all("prepare", state) if why]
            if refused:
                await self._all("forget")
                return refused[0]
            Path(state).replace(self._folder / STATE)
            await self._all("switch")  # one that ends meanwhile is replaced by one that reads the new state
            return None

    async def _all(self, question: str, given: Any = None) -> list[str | None]:
        return await asyncio.gather(*(child.ask(question, given) for child in self._children))

    async def _tally(self, _: Any) -> Tally:
        """The numbers of all workers in one."""
        await asyncio.gather(*(child.count_up() for child in self._children))
        return total([self._ended, *(child.tally for child in self._children)])

    async def _end(self, keepers: list[asyncio.Task]) -> None:
        self._listener.close()
        for child in self._children:
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
        _, late = await asyncio.wait(keepers, timeout=DRAIN)
        for child in self._children if late else []:
            child.process.kill()
        await asyncio.gather(*keepers, return_exceptions=True)


def run(folder: Path, host: str, port: int, count: int) -> int:
    """Serve a state folder in so many processes until the process is told to end."""
    with listening(host, port) as listener:
        try:
            asyncio.run(Workers(folder, listener, count).run())
        except NoWorker:
            return 1
    return 0
