"""The door under more than the service can take: each is answered, or told to come again."""

import asyncio
import contextlib
import json
import socket
import time
from pathlib import Path

import pytest

ROW = {"carrier": "AA", "month": 6, "temp": 0.1}
PATH = "/v1/late-arrival/predict"


def request(body: bytes = json.dumps(ROW).encode(), length: int | None = None) -> bytes:
    head = f"POST {PATH} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body


async def answer(reader: asyncio.StreamReader) -> tuple[int, str, bytes]:
    """Status, headers and body of the next answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    return int(head.split()[1]), head, await reader.readexactly(length)


def connection(service, sent: bytes = b"") -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", service.port), timeout=10)
    opened.sendall(sent)
    return opened


def memory(service) -> int:
    """MB that the process has."""
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def test_of_five_hundred_at_once_each_is_answered_or_told_to_come_again(service):
    async def one(each: int) -> list[tuple[int, str]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        await started.wait()
        found = []
        for _ in range(10):
            writer.write(request())
            status, head, _ = await answer(reader)
            found.append((status, head))
        writer.close()
        return found

    async def everybody() -> list[list[tuple[int, str]]]:
        nonlocal started
        started = asyncio.Event()
        asyncio.get_running_loop().call_later(0.5, started.set)
        return await asyncio.gather(*map(one, range(500)))

    started, before = None, memory(service)
    found = [each for many in asyncio.run(everybody()) for each in many]
    statuses = {status for status, _ in found}
    assert len(found) == 5000 and statuses == {200, 503}
    assert all("retry-after: 1" in head for status, head in found if status == 503)
    assert memory(service) < before + 60
    refused = sum(status == 503 for status, _ in found)
    assert f"overload_requests_total {refused}.0" in service.http.get("/metrics").text
    assert all(service.predict(ROW).status_code == 200 for _ in range(50))


def test_operators_are_answered_while_the_door_is_shut(stopped):
    limits = "from {{ cookiecutter.package }}.service.http import admission; admission.REQUESTS = 3"
    stopped.start(limits=limits)
    waiting = [connection(stopped, request(b"{", length=100)) for _ in range(3)]
    while stopped.predict(ROW).status_code == 200:
        time.sleep(0.01)
    refused = stopped.predict(ROW)
    assert refused.status_code == 503 and refused.headers["retry-after"] == "1"
    assert refused.json() == {"problem": "Too many requests at once: try again"}
    assert stopped.http.get("/health/live").status_code == stopped.http.get("/status").status_code == 200
    assert "overload_requests_total" in stopped.http.get("/metrics").text
    assert stopped.reload(stopped.folder / "serving.json").status_code == 200
    for each in waiting:
        each.close()
    while stopped.predict(ROW).status_code == 503:
        time.sleep(0.01)
    assert stopped.predict(ROW).status_code == 200


def test_bodies_in_memory_are_bounded(stopped):
    limits = "from {{ cookiecutter.package }}.service.http import admission; admission.BODIES = 1_000_000"
    stopped.start(limits=limits)
    held = connection(stopped, request(b" " * 900_000, length=950_000))
    time.sleep(0.3)
    assert stopped.predict([ROW] * 5000).status_code == 503
    held.close()
    time.sleep(0.3)
    assert stopped.predict([ROW] * 5000).status_code == 200


def test_who_does_not_finish_a_request_is_told_and_hung_up_on(stopped):
    limits = "from {{ cookiecutter.package }}.service.http import admission, protocol"
    stopped.start(limits=f"{limits}; admission.BODY_SECONDS = protocol.HEAD_SECONDS = 0.5")
    body, head, silent = b"", request(b"{", length=100), request()[:40]
    for sent in (body, head, silent):
        with connection(stopped, sent) as opened:
            assert b" 408 " in opened.recv(1000)
            while opened.recv(1000):
                pass
    with connection(stopped) as trickle:  # a byte now and then does not help
        trickle.sendall(b"GET /health/live HTTP/1.1\r\n")
        for _ in range(4):
            time.sleep(0.1)
            trickle.send(b"x")
        assert b" 408 " in trickle.recv(1000)
    with connection(stopped, request()) as patient:
        assert b" 200 " in patient.recv(1000)
        time.sleep(1)  # between two requests there is more time
        patient.sendall(request())
        assert b" 200 " in patient.recv(1000)


def test_a_head_without_end_is_431(service):
    with connection(service, b"GET /health/live HTTP/1.1\r\n") as opened, pytest.raises(OSError):
        for number in range(10_000):
            opened.sendall(f"x-{number}: {'y' * 1000}\r\n".encode())
    assert service.predict(ROW).status_code == 200


def test_too_many_connections_are_told_so(stopped):
    limits = "from {{ cookiecutter.package }}.service.http import protocol; protocol.CONNECTIONS = 5"
    stopped.start(limits=limits)
    stopped.http.close()
    held = [connection(stopped, request()) for _ in range(5)]
    assert all(b" 200 " in each.recv(1000) for each in held)
    with connection(stopped) as more:
        assert b" 503 " in more.recv(1000)
    held.pop().close()
    time.sleep(0.2)
    with connection(stopped, request()) as again:
        assert b" 200 " in again.recv(1000)
    for each in held:
        each.close()


def test_an_answer_that_nobody_reads_is_given_up(stopped):
    limits = "from {{ cookiecutter.package }}.service.http import protocol; protocol.UNREAD_SECONDS = 0.5"
    stopped.start(limits=limits)
    unread = socket.socket()
    unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    unread.connect(("127.0.0.1", stopped.port))
    many = json.dumps([ROW] * 10_000).encode()
    for _ in range(12):
        unread.sendall(request(many))
    time.sleep(5)
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while part := unread.recv(1_000_000):
            received += part
    assert received.count(b"HTTP/1.1 200") < 12
    assert stopped.predict(ROW).status_code == 200
