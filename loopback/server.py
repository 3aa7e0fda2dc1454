"""The hub and its proxy, served from one thread on free ports of 127.0.0.1."""

from __future__ import annotations

import asyncio
import base64
import socket
import threading

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Host

from loopback import artifacts, smart_http
from loopback.certificates import HOSTS, issue
from loopback.hub import Hub
from loopback.proxy import Proxy
from loopback.rest import application as rest
from loopback.tokens import Token


class Server:
    """A context manager; `environment` is what a client on this machine needs to reach it as github.com."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.certificates = issue(hub.root / "certificates")
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.ready = threading.Event()
        self.proxy = Proxy(hub, self.socket.getsockname()[1])
        parts = (smart_http.application, rest.application, artifacts.application)
        routes = [Host(host, part(hub)) for host, part in zip(HOSTS, parts, strict=True)]
        self.uvicorn = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=routes),
                ssl_certfile=self.certificates.chain,
                ssl_keyfile=self.certificates.key,
                log_level="error",
                loop="asyncio",
                lifespan="off",
                timeout_graceful_shutdown=1,
                timeout_keep_alive=600,  # git sends nothing while a hook runs, and GitHub waits for it
            )
        )
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()), name="loopback", daemon=True)

    def __enter__(self) -> Server:
        self.thread.start()
        if not self.ready.wait(20):
            raise RuntimeError("The loopback GitHub did not start within 20 s.")
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.proxy.close)
        self.uvicorn.should_exit = True
        self.thread.join(20)
        self.socket.close()

    async def serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self.proxy.start()
        self.ready.set()
        await self.uvicorn.serve(sockets=[self.socket])

    def environment(self, token: Token | None = None) -> dict[str, str]:
        """Variables for a client: proxy, authorities and, for a given token, git's credentials."""
        address = f"http://127.0.0.1:{self.proxy.port}"
        names = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
        variables = dict.fromkeys(names, address) | dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
        variables |= {**self.certificates.environment(), "GIT_TERMINAL_PROMPT": "0"}
        if token:
            credentials = base64.b64encode(f"x-access-token:{token.value}".encode()).decode()
            variables |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "http.https://github.com/.extraheader",
                "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {credentials}",
                "GITHUB_TOKEN": token.value,
            }
        return variables
