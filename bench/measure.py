"""The time of a command and of all that it starts, wall and CPU."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from mlgitops.pipeline.cost import children


@dataclass(frozen=True)
class Sample:
    """Seconds; gigabytes: the most that one process held, where that was measured."""

    wall: float
    cpu: float
    gigabytes: float | None = None


def timed(commands: list[list[str]], folder: Path) -> Sample:
    """Run the commands one after the other; an exit code above 1 (a verdict of no is 1) is an error."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"OMP_WAIT_POLICY": "passive"}  # as mlgitops sets it: the plain script shall not spin either
    before, began = children(), time.monotonic()
    for command in commands:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if done.returncode > 1:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return Sample(wall=time.monotonic() - began, cpu=children() - before)


def ratio(ours: list[Sample], theirs: list[Sample], kind: str) -> float:
    """The median of the ratios, pair by pair: both halves of a pair saw the same machine."""
    return median(getattr(a, kind) / getattr(b, kind) for a, b in zip(ours, theirs, strict=True))


def middle(found: list[Sample], kind: str) -> float:
    """The median of the runs."""
    return median(getattr(sample, kind) for sample in found)
