"""report/pipeline.json: what happened to each stage. It is written by the run and read by the comparison."""

from pathlib import Path

import msgspec

from mlgitops.errors import CannotCheck

PATH = Path("report/pipeline.json")
LOG_LINES = 30


class Stage(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One stage: `ran`, `cached` (nothing to do, or restored), `failed`, or `not-run`; seconds of wall time."""

    name: str
    result: str = "not-run"
    exit_code: int = 0
    seconds: float = 0.0
    log_tail: list[str] = []


class Pipeline(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """All stages in order; retrained says whether any of them ran; seconds are their sum."""

    stages: list[Stage]
    retrained: bool = False
    seconds: float = 0.0

    @property
    def failed(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.result == "failed"), None)

    def update(self, other: "Pipeline") -> "Pipeline":
        """This result with a later run's: a stage that ran earlier and had nothing to do later, did run."""
        earlier = {stage.name: stage for stage in self.stages if stage.result == "ran"}
        stages = [earlier.get(s.name, s) if s.result in ("cached", "not-run") else s for s in other.stages]
        return summed(stages)


def summed(stages: list[Stage]) -> Pipeline:
    ran = any(stage.result == "ran" for stage in stages)
    return Pipeline(stages=stages, retrained=ran, seconds=round(sum(s.seconds for s in stages), 3))


def write(pipeline: Pipeline, path: Path = PATH) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(pipeline), indent=1) + b"\n")
    beside.replace(path)


def read(path: Path = PATH) -> Pipeline | None:
    """The result of the run; None where nothing was run, CannotCheck where the file is not one."""
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Pipeline)
    except msgspec.MsgspecError as error:
        raise CannotCheck(f"{path} is not a pipeline result", given=error, next="Run the stages again") from error
