"""One job under act: start it, read its JSON lines as they come, end what it leaves running."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from loopback.runner.results import Job, Step
from loopback.runner.workflow import HAND_ON

Progress = Callable[[Step], None]
RANK = ("skipped", "success", "failure")


class NotRun(RuntimeError):
    """act did not run the job, and not because its `if:` said so."""


def run(command: list[str], env: dict[str, str], job: Job, timeout: float, progress: Progress | None) -> None:
    """Run act for one job and write what happened into `job`. Raises NotRun, or TimeoutError."""
    started = time.monotonic()
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        late = threading.Timer(timeout, end_session, [process.pid])
        late.start()
        try:
            ended = read(process.stdout, job, progress)
        finally:
            expired = not late.is_alive()
            late.cancel()
            end_session(process.pid)
    job.seconds = round(time.monotonic() - started, 3)
    if expired:
        raise TimeoutError(f"Job {job.id} was ended after {timeout:.0f} s.\n{job.log[-2000:]}")
    if process.returncode and not ended:
        raise NotRun(f"act did not run job {job.id}:\n{job.log[-4000:]}")


def read(lines: Iterable[str], job: Job, progress: Progress | None) -> int:
    """Read act to its end; return how many jobs it reports, the stand-ins of needed ones included."""
    log, ended = [], 0
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            log.append(line)  # act's own last words
            continue
        ended += "jobResult" in entry
        if entry.get("jobID") in (job.id, None):
            note(entry, job, log, progress)
        job.log = "".join(log)
    return ended


def note(entry: dict, job: Job, log: list[str], progress: Progress | None) -> None:
    """Take one line of act's into the job."""
    message, where = entry.get("msg", ""), entry.get("stepID") or []
    if "unsupported platform" in message:
        raise NotRun(f"Job {job.id}: no runner has its label; {message.strip()}")
    log.append(message if entry.get("raw_output") else message.rstrip("\n") + "\n")
    if "jobResult" in entry:
        job.conclusion = max(job.conclusion, entry["jobResult"], key=RANK.index)
    if entry.get("command") == "summary":
        job.summary += entry["content"]
    if entry.get("command") == "set-output" and where == [HAND_ON]:
        job.outputs[entry["name"]] = entry["arg"].rstrip("\n")
    if entry.get("stage") == "Main" and len(where) == 1 and where != [HAND_ON]:
        follow(entry, job, progress)


def follow(entry: dict, job: Job, progress: Progress | None) -> None:
    """Note that a step of the job starts or ends."""
    if entry["msg"].startswith("⭐"):
        job.steps.append(Step(job.name, entry["step"]))
    elif "stepResult" in entry and job.steps:
        job.steps[-1].conclusion = entry["stepResult"]
        job.steps[-1].seconds = round(entry.get("executionTime", 0) / 1e9, 3)
    else:
        return
    if progress:
        progress(job.steps[-1])


def end_session(session: int) -> None:
    """End what still runs in act's session; a daemon that started a session of its own is left alone."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended by itself
        if int(fields[3]) == session:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(stat.parent.name), signal.SIGKILL)


def executable() -> str:
    beside = Path(sys.executable).parent / "act"
    found = str(beside) if beside.exists() else shutil.which("act")
    if found is None:
        raise RuntimeError(f"No act beside {sys.executable} nor on PATH: run `make setup`.")
    return found
