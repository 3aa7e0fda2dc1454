"""HTTP with callers who may be slow or hostile: what uvicorn's protocol lets last for ever ends here."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CONNECTIONS = 1000  # of one process; most systems give it 1024 files
HEAD_SECONDS = 10.0  # in which the first line and the headers of a request have to be there
HEAD_BYTES = 65_536
UNREAD_SECONDS = 30.0  # how long an answer may wait for its caller to read it

FULL = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Joined:
    """A transport that sends the head of an answer with its body, in one call of the system."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held = b""

    def write(self, data: bytes) -> None:
        if self._held:
            self._held += data
            self._flush()
        else:
            self._held = data
            self._loop.call_soon(self._flush)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._held and not self._transport.is_closing():  # it was given up
            self._transport.write(self._held)
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(Joined(transport, self.loop))
        if len(self.connections) > CONNECTIONS:
            self._end(FULL)
        else:
            self._head = self.loop.call_later(HEAD_SECONDS, self._end, SLOW)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and self.cycle.scope is self.scope:  # the last request's head is complete
            if self._head is not None:
                self._head.cancel()
                self._head, self._head_bytes = None, 0
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES:
            self._end(LONG)
        elif self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self._end, SLOW)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        for timer in (self._head, self._unread):
            if timer is not None:
                timer.cancel()

    def _end(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
