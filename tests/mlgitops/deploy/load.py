"""Callers at full load: raw HTTP over connections that stay open, in a thread of its own."""

import asyncio
import json
import threading
from collections import Counter
from dataclasses import dataclass, field

PATIENCE = 60  # seconds, after which an answer counts as none
ROW = {"carrier": "AA", "month": 6, "temp": 0.1}


@dataclass
class Load:
    """answers: how many were right, by model. wrong: the first answers that were not, whatever was wrong."""

    port: int
    scores: dict[str, float]
    connections: int = 16
    answers: Counter = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __enter__(self) -> "Load":
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._call()))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    async def _call(self) -> None:
        await asyncio.gather(*(self._caller() for _ in range(self.connections)))

    async def _caller(self) -> None:
        body = json.dumps(ROW).encode()
        head = f"POST /v1/late-arrival/predict HTTP/1.1\r\nHost: test\r\nContent-Length: {len(body)}\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while not self._stop.is_set() and len(self.wrong) < 10:
            writer.write(head.encode() + body)
            try:
                async with asyncio.timeout(PATIENCE):
                    answer = await self._answer(reader)
                self._check(*answer)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.wrong.append(repr(error))
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return head, await reader.readexactly(length)

    def _check(self, head: bytes, body: bytes) -> None:
        if b" 200 " not in head.partition(b"\r\n")[0]:
            self.wrong.append((head + body).decode())
            return
        (found,) = json.loads(body)["predictions"]
        if abs(found["probability"] - self.scores[found["model"]]) > 1e-5:
            self.wrong.append(str(found))
        self.answers[found["model"]] += 1
