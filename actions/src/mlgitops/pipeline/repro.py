"""`dvc repro`, watched: its lines are passed on as they come and tell what happened to each stage."""

import re
import subprocess
import time
from collections import deque
from collections.abc import Iterator

from mlgitops.pipeline import leash
from mlgitops.pipeline.cost import children
from mlgitops.pipeline.result import LOG_LINES, summed
from mlgitops.report.schema import Pipeline, Stage, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import load
from mlgitops.repository.tools import environment, tool

STARTED = re.compile(r"Running stage '(?P<name>[^']+)'")
EXITED = re.compile(r"exited with (?P<code>\d+)")  # of the stage's command; dvc itself then ends with 255
CACHED = re.compile(r"Stage '(?P<name>[^']+)' (didn't change|is cached)")


def repro(repository: Repository, *targets: str) -> tuple[Pipeline, int]:
    """Bring the stages (or the named ones and what they need) up to date; the result and dvc's exit code.

    Missing data is pulled where a stage needs it; a stage whose inputs and outputs the lock already knows
    is neither run nor downloaded.
    """
    stages = {name: Stage(name=name) for name in load(repository, None, "dvc.yaml").get("stages", {})}
    command = leash.command(tool(repository.root, "dvc"), "repro", "--pull", "--allow-missing", *targets)
    before = children()
    process = subprocess.Popen(
        command,
        cwd=repository.root,
        env=environment(repository.root),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    running, tail = _follow(process.stdout, stages)
    exit_code = process.wait()
    if exit_code:
        exited = EXITED.search(tail[-1]) if tail else None
        code = int(exited["code"]) if exited else exit_code
        culprit = running or "dvc"
        stages[culprit] = Stage(name=culprit, result="failed", exit_code=code, log_tail=list(tail))
    return summed(list(stages.values()), cpu_seconds=round(children() - before, 3)), exit_code


def _follow(lines: Iterator[str], stages: dict[str, Stage]) -> tuple[str | None, deque[str]]:
    """Note the stages as the lines name them; the name of the one that still runs, and the last lines it printed."""
    running, started, tail = None, time.monotonic(), deque(maxlen=LOG_LINES)
    for line in lines:
        print(line, end="", flush=True)
        begins, cached = STARTED.match(line), CACHED.match(line)
        if begins or cached or line.startswith("Updating lock file"):
            if running:
                stages[running] = Stage(name=running, result="ran", seconds=round(time.monotonic() - started, 3))
            running, started = None, time.monotonic()
            tail.clear()
        if begins:
            running = begins["name"]
        elif cached and cached["name"] in stages:
            stages[cached["name"]] = Stage(name=cached["name"], result="cached")
        elif line.strip():
            tail.append(clipped(line.rstrip(), 500))
    return running, tail
