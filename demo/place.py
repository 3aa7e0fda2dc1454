"""Where the demo keeps things: build/demo/, made anew each time and left behind to be looked at."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "build" / "demo"
PROJECT = DEMO / "flight-delays"
DEPLOY_ROOT = DEMO / "deploy"
ENVIRONMENTS = ("staging", "production")


def stop() -> list[str]:
    """End the services that a demo left serving; the environments that were."""
    ended = []
    for environment in ENVIRONMENTS:
        if (DEPLOY_ROOT / environment).is_dir():
            mlgitops("stop", environment)
            ended.append(environment)
    return ended


def clear() -> None:
    """An empty build/demo; what a former demo left serving is ended first."""
    stop()
    shutil.rmtree(DEMO, ignore_errors=True)
    for folder in ("comments", "reports"):
        (DEMO / folder).mkdir(parents=True)


def mlgitops(*arguments: str) -> str:
    """Run the tool as an operator of this machine does."""
    environment = os.environ | {"MLGITOPS_DEPLOY_ROOT": str(DEPLOY_ROOT)}
    command = [str(Path(sys.executable).parent / "mlgitops"), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nothing listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listening in sockets:
            listening.bind(("127.0.0.1", 0))
        return [listening.getsockname()[1] for listening in sockets]
