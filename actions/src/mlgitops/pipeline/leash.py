"""A command that ends with the one who asked for it, and all that it started with it.

`kill -9` of a process tells its children nothing: they would go on writing what the next run writes, too. This module
is a process between the two: it looks whether the one above is still there; if not, it kills the whole group below.
"""

import contextlib
import os
import signal
import subprocess
import sys

INTERVAL = 0.5  # seconds between two looks


def command(*arguments: str) -> list[str]:
    """What to run instead of `arguments`, so that it ends with this process."""
    return [sys.executable, "-P", "-m", __name__, str(os.getpid()), *arguments]


def main(parent: int, arguments: list[str]) -> int:
    """Run the command to its end, or to that of `parent`; its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # they are meant for the parent, and its end is noticed
    process = subprocess.Popen(arguments, start_new_session=True)
    while process.poll() is None and os.getppid() == parent:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(INTERVAL)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()  # a dead process that nobody waited for still has its number, by which DVC knows its locks


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
