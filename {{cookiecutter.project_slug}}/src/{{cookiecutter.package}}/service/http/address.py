"""The socket of a service."""

import errno
import socket
import time

BACKLOG = 2048  # connections that wait to be accepted
LEAVE = 8.0  # seconds in which the workers of a parent that was killed leave the address


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; the workers of a parent that was killed may have to leave the address first."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    deadline = time.monotonic() + LEAVE
    while True:
        try:
            return socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
