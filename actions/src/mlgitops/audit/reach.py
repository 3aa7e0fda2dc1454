"""Programs that ask a remote: one that gets no answer is ended, with all that it started. Why, in one of three ways."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Timer

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


class Question:
    """A program that asks a remote: its lines as they come, and how it ended."""

    def __init__(self, name: str, process: subprocess.Popen) -> None:
        self.name, self.process = name, process

    def __iter__(self) -> Iterator[bytes]:
        """Unreachable where it says nothing for too long."""
        seconds = FIRST_ANSWER
        while line := self._line(seconds):
            yield line
            seconds = SILENCE

    def exit_code(self) -> int:
        return self.process.wait()

    def end(self) -> None:
        """With all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _line(self, seconds: float) -> bytes:
        late = Event()
        timer = Timer(seconds, lambda: (late.set(), self.end()))
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if late.is_set():
            raise Unreachable(self.name, f"no answer in {seconds} s")
        return line


@contextmanager
def asked(
    name: str, command: list[str], root: Path, env: dict[str, str], given: bytes = b"", stderr: int = subprocess.DEVNULL
) -> Iterator[Question]:
    """Run a program in a process group of its own, which ends with the block. given: its standard input."""
    with tempfile.TemporaryFile() as file:  # a pipe would wait for a program that waits for its remote
        file.write(given)
        file.seek(0)
        options = {"stdin": file, "stdout": subprocess.PIPE, "stderr": stderr, "start_new_session": True}
        with subprocess.Popen(command, cwd=root, env=env, **options) as process:
            question = Question(name, process)
            try:
                yield question
            finally:
                question.end()
