"""What happened in the run: stages, the data's checks, what the remote holds, what it all costs."""

from typing import Annotated, Literal

from msgspec import Meta, field

from mlgitops.report.schema.types import Count, Facts, Line, Name, Number


class Stage(Facts, kw_only=True):
    """cached: there was nothing to do, or its result was restored. seconds of wall time."""

    name: Name
    result: Literal["ran", "cached", "failed", "not-run"] = "not-run"
    exit_code: Annotated[int, Meta(ge=-(2**31), le=2**31)] | None = None
    seconds: Number = 0.0
    log_tail: Annotated[list[Line], Meta(max_length=30)] = field(default_factory=list)


class Pipeline(Facts, kw_only=True):
    """All stages in order; retrained: any of them ran; seconds: their sum; cpu_seconds: of training, where it ran."""

    stages: Annotated[list[Stage], Meta(max_length=50)] = field(default_factory=list)
    retrained: bool = False
    seconds: Number = 0.0
    cpu_seconds: Number | None = None

    @property
    def failed(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.result == "failed"), None)


class Expectation(Facts, kw_only=True):
    """One check of the data. known: the base fails it, too, so that it is not new in this change."""

    suite: Name
    type: Name
    column: Name = ""
    severity: Literal["critical", "warning", "info"]
    success: bool
    observed: Line = ""
    expected: Line = ""
    error: Line = ""
    known: bool = False


class Validation(Facts, kw_only=True):
    """failures: the expectations that do not hold; holding: those that do, as far as they are listed."""

    total: Count
    passed: Count
    severity: Literal["critical", "warning", "info"] | None
    failures: Annotated[list[Expectation], Meta(max_length=200)] = field(default_factory=list)
    holding: Annotated[list[Expectation], Meta(max_length=200)] = field(default_factory=list)


class Lost(Facts, kw_only=True):
    """An object that the commit names and the remote lacks, or holds with another size or, read back, another hash."""

    path: Name
    md5: Name
    problem: Literal["missing", "size", "hash"]


class Audit(Facts, kw_only=True):
    """Whether the remotes hold every object that the commit names; is_listed: all of them could be looked at.

    problem: why one could not, where that is known.
    """

    remote: Name
    is_listed: bool
    problem: Literal["", "unreachable", "no-credentials"] = ""
    objects: Count = 0
    lost: Annotated[list[Lost], Meta(max_length=50)] = field(default_factory=list)
    omitted: Count = 0


class Budget(Facts, kw_only=True):
    """base: the same of the base's model, where it is known. info: no limit was set."""

    name: Literal["row_latency_ms", "model_mb", "train_minutes", "train_cpu_seconds"]
    base: Number | None = None
    head: Number | None = None
    limit: Number | None = None
    result: Literal["pass", "warn", "fail", "not-run", "info"]

    def __post_init__(self) -> None:
        if self.result in ("pass", "warn", "fail") and None in (self.head, self.limit):
            raise ValueError(f"{self.result} without a value and a limit")
