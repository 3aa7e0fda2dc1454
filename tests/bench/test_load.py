"""The load generator counts what it is answered, and from when a request was due."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench import load
from bench.process import running
from demo.place import free_ports

SERVER = """
import asyncio, sys, time

async def serve(reader, writer):
    number = 0
    while head := await reader.readuntil(b"\\r\\n\\r\\n"):
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\\r\\n")[0])
        body = await reader.readexactly(length)
        number += 1
        if body == b"pause" and number == 5:
            time.sleep(0.3)
        status = b"500 Broken" if body == b"break" else b"200 OK"
        answer = b"HTTP/1.1 " + status + b"\\r\\nContent-Length: 5\\r\\n\\r\\nhello"
        writer.write(answer[:20])
        await writer.drain()
        writer.write(answer[20:])

async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()

asyncio.run(main())
"""


@pytest.fixture
def port() -> Iterator[int]:
    """A server that answers in pieces, pauses for 0.3 s in its fifth answer to "pause", and breaks at "break"."""
    (port,) = free_ports(1)
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while True:
        try:
            httpx.post(f"http://127.0.0.1:{port}", content=b"hello", trust_env=False)
            break
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    yield port
    process.kill()
    process.wait()


def asked(body: bytes) -> list[bytes]:
    return [load.request("POST", "/", body, X_Unit="me")]


def test_a_request_is_as_a_caller_sends_it():
    (request,) = asked(b"{}")
    assert request.startswith(b"POST / HTTP/1.1\r\n") and b"\r\nX-Unit: me\r\n" in request
    assert request.endswith(b"\r\nContent-Length: 2\r\n\r\n{}")


def test_what_is_answered_in_pieces_is_counted_once(port):
    found = load.saturate(port, asked(b"x"), connections=4, seconds=0.5)
    assert found.failed == 0 and found.rate > 10 and 0 < found.p50 <= found.p99


def test_an_error_is_a_failure(port):
    found = load.saturate(port, asked(b"break"), connections=1, seconds=0.2)
    assert found.failed > 1


def test_a_constant_rate_is_kept(port):
    found = load.steady(port, asked(b"x"), connections=4, seconds=1, rate=100)
    assert 80 < found.rate < 103


def test_a_pause_delays_all_that_was_due_in_it(port):
    """One request waits for 0.3 s, and the thirty that are due meanwhile wait with it."""
    found = load.steady(port, asked(b"pause"), connections=1, seconds=0.4, rate=100)
    assert found.p50 > 20 and found.p99 > 200


def test_a_process_is_timed_weighed_and_ended(tmp_path: Path):
    busy = "import time; began = time.process_time()\nwhile time.process_time() < began + 0.3: pass\ntime.sleep(60)"
    with running([sys.executable, "-c", busy], {}, tmp_path, {0}) as process:
        seconds = process.wait(lambda: process.cpu() > 0.2)
        assert seconds > 0.15 and process.megabytes() > 1
        running_id = process.pid
    assert not Path(f"/proc/{running_id}").exists()


def test_a_process_that_ends_too_early_is_an_error(tmp_path: Path):
    with pytest.raises(RuntimeError, match="does not answer"), running(["false"], {}, tmp_path, {0}) as process:
        process.wait(lambda: False)
