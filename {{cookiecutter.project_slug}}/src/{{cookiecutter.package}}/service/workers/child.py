"""A worker as its parent sees it."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .channel import Answers, Channel, Gone
from .tally import Tally

DONE = 50.0  # seconds in which a worker does what it is asked
COUNTED = 2.0  # seconds in which a worker tells its numbers


@dataclass(eq=False)
class Child:
    """line: where it gets connections. tally: its numbers when they were last asked for."""

    process: asyncio.subprocess.Process
    line: socket.socket
    channel: Channel = field(init=False)
    is_ready: bool = False
    tally: Tally = field(default_factory=list)

    @classmethod
    async def start(cls, folder: Path, answers: Answers, ready: Callable[[], None]) -> "Child":
        """A worker for a state folder; ready: called once it takes connections."""
        (asked, asks), (line, handed) = socket.socketpair(), socket.socketpair()
        line.setblocking(False)
        with asks, handed:
            ends = asks.fileno(), handed.fileno()
            command = [sys.executable, "-m", f"{__package__}.worker", str(folder), *map(str, ends)]
            child = cls(await asyncio.create_subprocess_exec(*command, pass_fds=ends), line)

        async def is_ready(_: Any) -> None:
            child.is_ready = True
            ready()

        child.channel = await Channel.open(asked, {**answers, "ready": is_ready})
        return child

    async def ask(self, question: str, given: Any = None) -> str | None:
        """None where it did what was asked, else why not; one that does not answer is ended."""
        try:
            return await asyncio.wait_for(self.channel.ask(question, given), DONE)
        except Gone:
            return "the worker ended"
        except TimeoutError:
            self.process.kill()
            return f"the worker did not answer within {DONE:g} s"

    def take(self, connection: socket.socket) -> bool:
        """Hand it a connection; False where it has just ended, or has its hands full."""
        try:
            socket.send_fds(self.line, [b"c"], [connection.fileno()])
        except OSError:
            return False
        return True

    async def count_up(self) -> None:
        """Ask for its numbers; while it starts, is busy or gone, they are what they were."""
        if self.is_ready:
            with contextlib.suppress(Gone, TimeoutError):
                self.tally = await asyncio.wait_for(self.channel.ask("tally"), COUNTED)

    async def ended(self) -> None:
        """Wait until it has ended."""
        await self.channel.run()
        await self.process.wait()
        self.line.close()
