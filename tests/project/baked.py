"""A baked project with little of the real data, and nothing installed for it: its real stages run, in seconds."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import psutil

from tests.repositories import BIN, WorkingTree

MONTHS = 3
EVERY = 20  # flights, one is kept


class Baked(WorkingTree):
    """The generated repository at a path; commands run with this interpreter's tools and the project's package."""

    @property
    def variables(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self.root / "src"), "PYTHONDONTWRITEBYTECODE": ""}

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return super().run(*command, **self.variables, **variables)

    def create(self) -> None:
        """Flights of three months, suites that know that they are few, and a model of few trees; all committed."""
        self.must("git", "init", "--quiet", "--initial-branch", "main")
        self.must("python", "-m", "flight_delays.ingest", "--months", str(MONTHS))
        for month in range(1, MONTHS + 1):
            self.change(month, lambda rows: rows[::EVERY])
        for suite in ("raw", "prepared"):
            self.edit(f"expectations/{suite}.yaml", "min_value: 20000", "min_value: 2000")
        self.edit("params.yaml", "max_iter: 100", "max_iter: 10")
        self.track()

    def track(self) -> None:
        self.must("dvc", "add", "--quiet", "data/raw")
        self.commit()

    def copy(self, folder: Path) -> "Baked":
        """The same repository elsewhere, with DVC's cache but without what it knows of this place."""
        shutil.copytree(self.root, folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "rwlock*"))
        return Baked(folder)

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text()
        assert old in text
        self.write(path, text.replace(old, new))

    def change(self, month: int, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Write a month's flights as `change` makes them of what they are."""
        path = self.root / "data" / "raw" / f"2013-{month:02}.parquet"
        rows = change(pd.read_parquet(path))
        path.unlink()  # it may be a link into DVC's cache
        rows.to_parquet(path, index=False)

    def start(self, *command: str, **variables: str) -> psutil.Popen:
        """A command that goes on; what it prints is in build/log."""
        (self.root / "build").mkdir(exist_ok=True)
        environment = os.environ | self.variables | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"} | variables
        with (self.root / "build" / "log").open("w") as log:
            return psutil.Popen(command, cwd=self.root, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def lock(self) -> bytes:
        return (self.root / "dvc.lock").read_bytes()


def until(is_so: Callable[[], object], process: psutil.Popen) -> None:
    """Wait for a moment in the life of a process."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
