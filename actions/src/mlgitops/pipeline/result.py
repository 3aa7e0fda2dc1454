"""report/pipeline.json: what happened to each stage. It is written by the run and becomes a part of the report."""

from pathlib import Path

import msgspec

from mlgitops.errors import CannotCheck
from mlgitops.report import document
from mlgitops.report.schema import Pipeline, Stage

PATH = Path("report/pipeline.json")
LOG_LINES = 30


def summed(stages: list[Stage], cpu_seconds: float | None = None) -> Pipeline:
    """CPU seconds are those of a training: of a run in which a stage ran."""
    ran = any(stage.result == "ran" for stage in stages)
    seconds = round(sum(stage.seconds for stage in stages), 3)
    return Pipeline(stages=stages, retrained=ran, seconds=seconds, cpu_seconds=cpu_seconds if ran else None)


def joined(before: Pipeline | None, after: Pipeline) -> Pipeline:
    """Two runs of the same stages as one: a stage that ran earlier and had nothing to do later, did run."""
    earlier = {stage.name: stage for stage in before.stages if stage.result == "ran"} if before else {}
    stages = [earlier.get(s.name, s) if s.result in ("cached", "not-run") else s for s in after.stages]
    used = [run.cpu_seconds for run in (before, after) if run and run.cpu_seconds is not None]
    return summed(stages, round(sum(used), 3) if used else None)


def write(pipeline: Pipeline, path: Path = PATH) -> None:
    document.write(msgspec.json.format(msgspec.json.encode(pipeline), indent=1) + b"\n", path)


def read(path: Path = PATH) -> Pipeline | None:
    """The result of the run; None where nothing was run, CannotCheck where the file is not one."""
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Pipeline)
    except msgspec.MsgspecError as error:
        raise CannotCheck(f"{path} is not a pipeline result", given=error, next="Run the stages again") from error
