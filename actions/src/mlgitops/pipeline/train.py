"""The two verbs that run stages: validate the data, then train; each adds to the same result."""

import subprocess
from pathlib import Path

from msgspec.structs import replace

from mlgitops.audit.preflight import require_answer
from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.pipeline import result
from mlgitops.pipeline.repro import repro
from mlgitops.pipeline.result import joined, summed
from mlgitops.report.schema import Pipeline, Stage, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.tools import blocked, environment, last_words, tool


def run(repository: Repository, *targets: str, path: Path = result.PATH) -> Pipeline:
    """Bring the stages up to date and write what happened, also when one fails (then CheckFailed names it).

    CannotCheck where the remote does not answer, or DVC is at work in this checkout.
    """
    if result.read(path) is None:  # the first of a job: what it pulls and pushes would fail after long waits
        _require_remote(repository, path)
    pipeline, exit_code = repro(repository, *targets)
    if targets:  # not the whole of it, so no training
        pipeline = replace(pipeline, cpu_seconds=None)
    pipeline = joined(result.read(path), pipeline)
    result.write(pipeline, path)
    if exit_code:
        stage = pipeline.failed
        _refuse_if_blocked(stage.log_tail)
        raise CheckFailed(f"Stage {stage.name} failed", given=last_words(stage.log_tail))
    return pipeline


def store(repository: Repository, outputs: list[str], path: Path = result.PATH) -> None:
    """Push what was made, and fetch the `outputs` that no stage had to make: the comparison reads both kinds."""
    _dvc(repository, path, "push", next="See the remote in .dvc/config")
    missing = [out for out in outputs if not (repository.root / out).exists()]
    if missing:
        _dvc(repository, path, "pull", *missing, next="Run dvc push on the machine that trained this commit")


def _require_remote(repository: Repository, path: Path) -> None:
    try:
        require_answer(repository)
    except CannotCheck as problem:
        _write_failure(path, "dvc remote", problem.exit_code, [clipped(problem, 500)])
        raise


def _dvc(repository: Repository, path: Path, verb: str, *outputs: str, next: str) -> None:
    """Run a transfer; a failed one is a failed stage, since without it there is no verdict."""
    # not --quiet: with it, dvc keeps an unexpected error to itself
    command = [tool(repository.root, "dvc"), verb, *outputs]
    done = subprocess.run(
        command, cwd=repository.root, env=environment(repository.root), capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-result.LOG_LINES :]
        tail = [clipped(line, 500) for line in said]
        _write_failure(path, f"dvc {verb}", done.returncode, tail)
        _refuse_if_blocked(tail)
        raise CheckFailed(f"dvc {verb} failed", given=last_words(tail), next=next)


def _write_failure(path: Path, name: str, exit_code: int, tail: list[str]) -> None:
    before = result.read(path) or Pipeline(stages=[])
    stage = Stage(name=name, result="failed", exit_code=exit_code, log_tail=tail)
    result.write(summed([*before.stages, stage], before.cpu_seconds), path)


def _refuse_if_blocked(lines: list[str]) -> None:
    other = blocked(lines)
    if other:
        raise CannotCheck("DVC is already at work in this checkout", given=other, next="Run this again when it is done")
