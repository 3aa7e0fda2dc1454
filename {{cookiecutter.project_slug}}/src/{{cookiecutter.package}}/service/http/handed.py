"""A server of connections that another process has accepted."""

import asyncio
import socket
from typing import Any

import uvicorn


class HandedServer(uvicorn.Server):
    """Serves the connections that come over a socket to its parent."""

    def __init__(self, config: uvicorn.Config, line: socket.socket) -> None:
        super().__init__(config)
        self._line = line
        self._connecting: set[asyncio.Task] = set()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup([])
        self._line.setblocking(False)
        asyncio.get_running_loop().add_reader(self._line, self._take)

    async def shutdown(self, sockets: Any = None) -> None:
        asyncio.get_running_loop().remove_reader(self._line)
        self._line.close()
        await super().shutdown()

    def _take(self) -> None:
        said, files, _, _ = socket.recv_fds(self._line, 1, 1)
        if not said:  # the parent is gone: this server is told so, too
            asyncio.get_running_loop().remove_reader(self._line)
        if not files:  # there are too many in this process: the caller sees the connection end
            return
        loop = asyncio.get_running_loop()
        connection = socket.socket(fileno=files[0])
        connection.setblocking(False)
        task = loop.create_task(loop.connect_accepted_socket(self._protocol, connection))
        self._connecting.add(task)  # the loop alone would let it be collected
        task.add_done_callback(self._connecting.discard)

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(self.config, self.server_state, self.lifespan.state)
