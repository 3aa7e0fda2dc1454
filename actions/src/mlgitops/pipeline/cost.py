"""What a training cost, and the lines of a commit's message that remember it."""

import re
import resource
from dataclasses import dataclass

from mlgitops.report.schema import Pipeline
from mlgitops.repository.git import Repository

SECONDS, CPU = "Train-Seconds", "Train-CPU-Seconds"
LINE = re.compile(rf"^\s*({SECONDS}|{CPU}): (\d{{1,12}}(?:\.\d{{1,6}})?)\s*$", re.MULTILINE)
COMMITS = 50  # that changed dvc.lock, looked at


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of wall time and of all processors; None where they are not known."""

    seconds: float | None = None
    cpu_seconds: float | None = None


UNKNOWN = Cost()


def children() -> float:
    """CPU seconds of all processes that this one started and that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def of(pipeline: Pipeline | None) -> Cost:
    """What the stages that ran took together, data validation apart; nothing is known where none ran."""
    stages = pipeline.stages if pipeline else []
    ran = [stage.seconds for stage in stages if stage.result == "ran" and stage.name != "validate"]
    return Cost(seconds=sum(ran), cpu_seconds=pipeline.cpu_seconds) if ran else UNKNOWN


def lines(pipeline: Pipeline | None) -> str:
    """The lines to end a commit's message with, after an empty one; no text where nothing was trained."""
    found = of(pipeline)
    known = {SECONDS: found.seconds, CPU: found.cpu_seconds}
    said = [f"{name}: {value:.1f}" for name, value in known.items() if value is not None]
    return "\n\n" + "\n".join(said) if said else ""


def parse(message: str) -> Cost:
    """From a message in which the lines stand anywhere, as a squash merge leaves them; the last ones hold."""
    found = {name: float(value) for name, value in LINE.findall(message)}
    return Cost(seconds=found.get(SECONDS), cpu_seconds=found.get(CPU))


def recorded(repository: Repository, commit: str) -> Cost:
    """What it cost to train what a commit's dvc.lock records: as said by the newest commit in its history that has
    the same bytes in dvc.lock and such lines."""
    log = repository.git("log", f"-{COMMITS}", "--format=%H%x00%B%x01", commit, "--", "dvc.lock").split("\x01")
    found = {sha.strip(): parse(message) for sha, _, message in (entry.partition("\0") for entry in log[:-1])}
    said = {sha: cost for sha, cost in found.items() if cost != UNKNOWN}
    if not said:
        return UNKNOWN
    wanted, *blobs = repository.git("rev-parse", *(f"{sha}:dvc.lock" for sha in [commit, *said])).split("\n")
    return next((cost for cost, blob in zip(said.values(), blobs, strict=True) if blob == wanted), UNKNOWN)
