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
import uuid
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
    started, tracking = time.monotonic(), f"github_{uuid.uuid4()}"
    command = [*command, "--env", f"RUNNER_TRACKING_ID={tracking}"]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        late = threading.Timer(timeout, end, [process, tracking])
        late.start()
        try:
            ended = read(process.stdout, job, progress)
            process.wait()
        finally:
            expired = time.monotonic() - started >= timeout
            late.cancel()
            end(process, tracking)
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
        if entry.get("jobID", job.id if entry.get("level") == "error" else None) == job.id:
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


def end(act: subprocess.Popen, tracking: str) -> None:
    """End act and, as the real runner does, every process whose environment still carries the job's tracking
    id: a daemon that is meant to outlive its job must be started with another RUNNER_TRACKING_ID."""
    mark = f"RUNNER_TRACKING_ID={tracking}".encode()
    act.kill()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has ended by itself, or is another user's
            if mark in environ.read_bytes().split(b"\0"):
                os.kill(int(environ.parent.name), signal.SIGKILL)


def executable() -> str:
    beside = Path(sys.executable).parent / "act"
    found = str(beside) if beside.exists() else shutil.which("act")
    if found is None:
        raise RuntimeError(f"No act beside {sys.executable} nor on PATH: run `make setup`.")
    return found
