"""Several processes that answer on one socket, and their parent, which answers nothing itself.

It imports little: what a worker does, the parent must survive.
"""

import asyncio
import contextlib
import errno
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .channel import Channel, Gone
from .tally import Tally, lasting, total

STATE = "serving.json"
BACKLOG = 2048  # connections that wait to be accepted
BIND = 8.0  # seconds in which the workers of a parent that was killed leave the address
DRAIN = 18.0  # seconds in which workers have to end
ANSWER = 2.0  # seconds in which a worker tells its numbers
AGAIN = 1.0  # seconds between two workers that do not start


class NoWorker(Exception):
    """None of the workers starts."""


@dataclass(eq=False)
class Worker:
    """tally: its numbers when they were last asked for."""

    process: asyncio.subprocess.Process
    channel: Channel = field(init=False)
    is_ready: bool = False
    tally: Tally = field(default_factory=list)

    async def ask(self, question: str, given: Any = None) -> str | None:
        """None where it did what was asked, else why not."""
        try:
            return await self.channel.ask(question, given)
        except Gone:
            return "the worker ended"


class Workers:
    """So many workers for a state folder, each replaced when it ends."""

    def __init__(self, folder: Path, listener: socket.socket, count: int) -> None:
        self._folder, self._listener, self._count = folder, listener, count
        self._workers: list[Worker] = []
        self._ended: Tally = []  # the numbers of workers that are no more: a counter never jumps back
        self._changing, self._stop = asyncio.Lock(), asyncio.Event()

    async def run(self) -> int:
        """Keep the workers alive until SIGTERM or SIGINT; the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        keepers = [asyncio.create_task(self._keep()) for _ in range(self._count)]
        stop = asyncio.create_task(self._stop.wait())
        done, _ = await asyncio.wait([stop, *keepers], return_when=asyncio.FIRST_COMPLETED)
        self._stop.set()
        await self._end(keepers)
        return 0 if stop in done else 1

    async def _keep(self) -> None:
        """Run a worker, and another one whenever it ends; NoWorker where none starts."""
        while not self._stop.is_set():
            async with self._changing:  # a worker that starts in a change might miss it
                worker = await self._start()
            await worker.channel.run()
            await worker.process.wait()
            self._workers.remove(worker)
            self._ended = total([self._ended, lasting(worker.tally)])
            if not worker.is_ready and not self._stop.is_set():
                if not any(other.is_ready for other in self._workers):
                    raise NoWorker
                await asyncio.sleep(AGAIN)

    async def _start(self) -> Worker:
        here, there = socket.socketpair()
        ends = self._listener.fileno(), there.fileno()
        command = [sys.executable, "-m", f"{__package__}.worker", str(self._folder), *map(str, ends)]
        worker = Worker(await asyncio.create_subprocess_exec(*command, pass_fds=ends))
        there.close()

        async def ready(_: Any) -> None:
            worker.is_ready = True

        answers = {"ready": ready, "reload": self._reload, "tally": self._tally}
        worker.channel = await Channel.open(here, answers)
        self._workers.append(worker)
        return worker

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
        return await asyncio.gather(*(worker.ask(question, given) for worker in self._workers))

    async def _tally(self, _: Any) -> Tally:
        """The numbers of all workers in one."""
        await asyncio.gather(*map(self._count_up, self._workers))
        return total([self._ended, *(worker.tally for worker in self._workers)])

    async def _count_up(self, worker: Worker) -> None:
        """A worker that is busy with its start, or gone, has the numbers that it had."""
        with contextlib.suppress(Gone, TimeoutError):
            worker.tally = await asyncio.wait_for(worker.channel.ask("tally"), ANSWER)

    async def _end(self, keepers: list[asyncio.Task]) -> None:
        self._listener.close()
        for worker in self._workers:
            with contextlib.suppress(ProcessLookupError):
                worker.process.terminate()
        _, late = await asyncio.wait(keepers, timeout=DRAIN)
        for worker in self._workers if late else []:
            worker.process.kill()
        await asyncio.gather(*keepers, return_exceptions=True)


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket at an address, which may have to be left first by the workers of a parent that was killed."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    deadline = time.monotonic() + BIND
    while True:
        try:
            found = socket.create_server((host, port), family=family, backlog=BACKLOG)
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    with found:
        yield found


def run(folder: Path, host: str, port: int, count: int) -> int:
    """Serve a state folder in so many processes until the process is told to end."""
    with listening(host, port) as listener:
        return asyncio.run(Workers(folder, listener, count).run())
