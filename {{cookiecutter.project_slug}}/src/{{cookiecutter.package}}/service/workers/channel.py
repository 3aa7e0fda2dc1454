"""Questions and answers between a worker and its parent, over a pair of sockets: a line of JSON each."""

import asyncio
import itertools
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any

LINE = 16_000_000  # bytes; the numbers of one worker are some ten thousand
Answers = dict[str, Callable[[Any], Awaitable[Any]]]


class Gone(Exception):
    """The other process has ended."""


class Channel:
    """One end. answers: question → what answers it, from what is given with it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: Answers) -> None:
        self._reader, self._writer, self._answers = reader, writer, answers
        self._asked: dict[int, asyncio.Future] | None = {}  # None: the other end is gone
        self._numbers, self._answering = itertools.count(), set()

    @classmethod
    async def open(cls, end: socket.socket, answers: Answers) -> "Channel":
        return cls(*await asyncio.open_connection(sock=end, limit=LINE), answers)

    async def ask(self, question: str, given: Any = None) -> Any:
        """The other end's answer; Gone where it ends before."""
        if self._asked is None:
            raise Gone
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._send(number, question, given)
        return await self._asked[number]

    async def run(self) -> None:
        """Answer until the other end is gone."""
        try:
            while line := await self._reader.readline():
                number, question, given = json.loads(line)
                if question is None:
                    if not (future := self._asked.pop(number)).done():  # nobody waits any more
                        future.set_result(given)
                else:
                    task = asyncio.create_task(self._answer(number, question, given))
                    self._answering.add(task)  # the loop alone would let it be collected
                    task.add_done_callback(self._answering.discard)
        except ConnectionError:
            pass
        asked, self._asked = self._asked, None
        for future in asked.values():
            if not future.done():
                future.set_exception(Gone())
        self._writer.close()

    async def _answer(self, number: int, question: str, given: Any) -> None:
        self._send(number, None, await self._answers[question](given))

    def _send(self, *message: Any) -> None:
        self._writer.write(json.dumps(message).encode() + b"\n")
