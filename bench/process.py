"""A server as a process: pinned to cores, timed from its start to its first good answer, ended by its own id."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PATIENCE = 120  # seconds


class Process:
    """A running server and all that it started."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path, cores: set[int]) -> None:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        with (folder / "output.txt").open("w") as output:
            self._began = time.monotonic()
            self._process = psutil.Popen(
                command,
                env=kept | environment,
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: os.sched_setaffinity(0, cores),
            )

    def wait(self, answers: Callable[[], bool]) -> float:
        """Seconds from the start to the first good answer."""
        while not answers():
            if self._process.poll() is not None or time.monotonic() > self._began + PATIENCE:
                raise RuntimeError(f"{' '.join(self._process.args)}: does not answer")
            time.sleep(0.01)
        return time.monotonic() - self._began

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu(self) -> float:
        """CPU seconds so far, of all its processes."""
        return sum(times.user + times.system for times in (each.cpu_times() for each in self._all()))

    def megabytes(self) -> float:
        """Resident memory of its largest process: the one that answers."""
        return max(each.memory_info().rss for each in self._all()) / 1e6

    def stop(self) -> None:
        every = self._all() if self._process.is_running() else []
        for each in every[:1]:
            each.terminate()
        _, alive = psutil.wait_procs(every, timeout=20)
        for each in alive:
            each.kill()

    def _all(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)]


@contextmanager
def running(command: list[str], environment: dict[str, str], folder: Path, cores: set[int]) -> Iterator[Process]:
    """The process, ended at the end whatever happens."""
    process = Process(command, environment, folder, cores)
    try:
        yield process
    finally:
        process.stop()
