"""The HTTP server of one process, with what stands in front of the service."""

from typing import Any

import uvicorn

from ..server import Service
from . import key
from .address import BACKLOG
from .admission import Admission
from .protocol import Protocol

DRAIN = 5  # seconds for the answers that are under way when the process is told to end
IDLE = 75  # seconds that a connection may wait for its next request


def configured(service: Service, **where: Any) -> uvicorn.Config:
    """How a service is served; where: host and port, unless connections are handed over."""
    app = key.Guard(Admission(service, service.metrics.overload), key.from_environment())
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="on",
        proxy_headers=False,  # who is on this machine must be what the system says
        server_header=False,
        access_log=False,
        log_level="warning",
        backlog=BACKLOG,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=DRAIN,
        **where,
    )
