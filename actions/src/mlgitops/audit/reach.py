"""Programs that ask a remote: what does not answer is ended, with all that it started, and said in one of three ways."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

from mlgitops.errors import CannotCheck

FIRST_ANSWER = 15  # seconds; DVC alone would try for 46
SILENCE = 300  # seconds, from one answer to the next of a remote that was reached: a large object takes its time


class Unreachable(CannotCheck):
    """Nothing answers where the remote should be."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            "The DVC remote can't be reached", given=f"{name} ({why})", next="Nothing was checked: try again later"
        )


class Refused(CannotCheck):
    """The remote answers, but not to this job or person."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            "The DVC remote takes no credentials from here, or there are none",
            given=f"{name} ({why})",
            next="Nothing was checked: give it those that dvc push uses",
        )


class Unreadable(CannotCheck):
    """The remote, or what should ask it, is not as it has to be."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__("The DVC remote can't be listed", given=f"{name} ({why})", next="See .dvc/config")


@contextmanager
def answers(name: str, command: list[str], cwd: Path, env: dict[str, str], given: bytes = b"") -> Iterator:
    """The lines that a program prints, as they come; Unreachable where it says nothing for too long.

    It is a group of its own, so that its children end with it.
    """
    with tempfile.TemporaryFile() as file:  # a pipe would wait for a program that waits for its remote
        file.write(given)
        file.seek(0)
        options = {"stdin": file, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=cwd, env=env, start_new_session=True, **options) as process:
            try:
                yield _lines(name, process)
            finally:
                _end(process)


def _lines(name: str, process: subprocess.Popen) -> Iterator[bytes]:
    seconds = FIRST_ANSWER
    while True:
        ended = []
        timer = Timer(seconds, lambda: (ended.append(True), _end(process)))
        timer.start()
        line = process.stdout.readline()
        timer.cancel()
        if ended:
            raise Unreachable(name, f"no answer in {seconds} s")
        if not line:
            return
        yield line
        seconds = SILENCE


def _end(process: subprocess.Popen) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
