"""A CONNECT proxy that knows one way: GitHub's host names lead to the hub, every other host is refused."""

from __future__ import annotations

import asyncio
import contextlib

from loopback.certificates import HOSTS
from loopback.hub import Hub

CHUNK = 1 << 16
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """`target` is the hub's TLS port; each call is logged in proxy.jsonl."""

    def __init__(self, hub: Hub, target: int) -> None:
        self.hub, self.target, self.port = hub, target, 0
        self.open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self.server = await asyncio.start_server(self.call, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stop listening and hang up."""
        self.server.close()
        for writer in self.open:
            writer.close()

    async def call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
            method, address, _ = head.split("\r\n")[0].split(" ", 2)
            host, _, port = address.rpartition(":")
            known = method == "CONNECT" and host in HOSTS and port == "443"
            self.hub.log("proxy", method=method, address=address, to="hub" if known else "refused")
            if known:
                await self.tunnel(reader, writer)
            else:
                writer.write(REFUSAL)
                await writer.drain()
        self.open.discard(writer)
        writer.close()

    async def tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inward, outward = await asyncio.open_connection("127.0.0.1", self.target)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(copy(reader, outward), copy(inward, writer))


async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while part := await source.read(CHUNK):
            sink.write(part)
            await sink.drain()
    sink.close()
