"""One of several processes that answer at one address; its parent starts it, and hands it connections."""

import asyncio
import contextlib
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .. import memory
from ..http.handed import HandedServer
from ..state import BadState, Serving
from .channel import Channel, Gone
from .parent import STATE

if TYPE_CHECKING:
    from ..server import Service


def main() -> int:
    memory.save()
    from ..http.front import configured
    from ..server import Service

    folder, parent, line = Path(sys.argv[1]), *(socket.socket(fileno=int(each)) for each in sys.argv[2:])
    try:
        service = Service(Serving.load(folder / STATE), folder)
    except BadState as error:
        print(f"service: {error}", file=sys.stderr)
        return 1
    server = HandedServer(configured(service), line)
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(serve(server, service, parent))
    return 0


async def serve(server: HandedServer, service: "Service", parent: socket.socket) -> None:
    """Serve until the process is told to end, or its parent is gone."""
    answers = {
        "prepare": service.prepare,
        "switch": service.switch,
        "forget": service.forget,
        "tally": service.tally,
    }
    service.parent = await Channel.open(parent, answers)

    async def until_alone() -> None:
        await service.parent.run()
        server.should_exit = True

    watching, serving = asyncio.create_task(until_alone()), asyncio.create_task(server.serve())
    while not (server.started or serving.done()):
        await asyncio.sleep(0.01)
    with contextlib.suppress(Gone):  # then it ends at once
        await service.parent.ask("ready")
    await serving
    watching.cancel()


if __name__ == "__main__":
    sys.exit(main())
