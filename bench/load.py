"""A load generator for one core: raw HTTP/1.1 over kept connections, closed loop or at a constant rate."""

import asyncio
import gc
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

import uvloop

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Load:
    """What a server was asked and how it answered. p50, p99: milliseconds; busy: share of the generator's core."""

    rate: float
    failed: int
    p50: float
    p99: float
    busy: float


class Connection(asyncio.Protocol):
    """One request at a time; done(connection) is called with each whole answer."""

    def __init__(self, done: Callable[["Connection"], None]) -> None:
        self._done, self._answer, self._whole = done, bytearray(), 0
        self.ok = 0
        self.failed = 0
        self.milliseconds: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def send(self, request: bytes, since: float) -> None:
        """since: when the request was due, which is when its latency begins."""
        self._since = since
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        answer = self._answer
        answer += data
        if not self._whole:
            head = answer.find(b"\r\n\r\n")
            if head < 0:
                return
            self._whole = head + 4 + int(LENGTH.search(answer, 0, head)[1])
        if len(answer) < self._whole:
            return
        self.milliseconds.append((time.perf_counter() - self._since) * 1000)
        self.failed += not answer.startswith(b"HTTP/1.1 200")
        answer.clear()
        self._whole = 0
        self._done(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.failed += error is not None


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request; a header's underscores are hyphens."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def saturate(port: int, requests: list[bytes], *, connections: int, seconds: float) -> Load:
    """Closed loop: each connection asks again as soon as it is answered."""
    return _run(_closed(port, cycle(requests), connections, seconds))


def steady(port: int, requests: list[bytes], *, connections: int, seconds: float, rate: float) -> Load:
    """Open loop: requests are due at a constant rate, whether or not the server keeps up.

    Latency counts from the moment when a request was due, so that a pause of the server is in all that it delays.
    """
    return _run(_open(port, cycle(requests), connections, seconds, rate))


def _run(loading) -> Load:
    gc.collect()
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(loading)
    finally:
        gc.enable()


async def _closed(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Load:
    finished: list[Connection] = []
    all_finished = asyncio.Event()

    def done(connection: Connection) -> None:
        if (now := time.perf_counter()) < end:
            connection.send(next(requests), now)
            return
        finished.append(connection)
        if len(finished) == connections:
            all_finished.set()

    opened = await _connect(port, connections, done)
    began, used = time.perf_counter(), time.process_time()
    end = began + seconds
    for connection in opened:
        connection.send(next(requests), began)
    await asyncio.wait_for(all_finished.wait(), seconds + 60)
    return _load(opened, time.perf_counter() - began, time.process_time() - used)


async def _open(port: int, requests: Iterator[bytes], connections: int, seconds: float, rate: float) -> Load:
    idle: deque[Connection] = deque()
    idle.extend(opened := await _connect(port, connections, idle.append))
    began, used, sent, total = time.perf_counter(), time.process_time(), 0, int(rate * seconds)
    while sent < total or len(idle) < connections:
        due = min(total, int((time.perf_counter() - began) * rate) + 1)
        while sent < due and idle:
            idle.popleft().send(next(requests), began + sent / rate)
            sent += 1
        await asyncio.sleep(0)  # looks at the sockets and comes back: a timer would be up to a millisecond late
    return _load(opened, time.perf_counter() - began, time.process_time() - used)


async def _connect(port: int, count: int, done: Callable[[Connection], None]) -> list[Connection]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Connection(done), "127.0.0.1", port) for _ in range(count)]
    return [connection for _, connection in made]


def _load(connections: list[Connection], seconds: float, used: float) -> Load:
    found = sorted(each for connection in connections for each in connection.milliseconds)
    failed = sum(connection.failed for connection in connections)
    for connection in connections:
        connection.transport.close()
    p50, p99 = (found[int(len(found) * share)] for share in (0.5, 0.99))
    return Load(rate=len(found) / seconds, failed=failed, p50=p50, p99=p99, busy=used / seconds)
