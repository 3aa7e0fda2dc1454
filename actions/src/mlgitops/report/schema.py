"""report.json, version 1: the facts of a comparison. Comment, job summary, check and exit code are made of it alone.

It comes from a job that runs a pull request's own code: names, types, ranges and lengths are limited here, size and
depth where it is read (`document`). No NaN, no markup, no sentence of its own (`sentences`).
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(max_length=200)]
Line = Annotated[str, Meta(max_length=500)]
END = r"$(?!\n)"  # in Python, $ alone also matches before a last line end
Commit = Annotated[str, Meta(pattern="^([0-9a-f]{40})?" + END)]
Digest = Annotated[str, Meta(pattern="^(md5:[0-9a-f]{32})?" + END)]
LabelsDigest = Annotated[str, Meta(pattern="^(sha256:[0-9a-f]{64})?" + END)]
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
Count = Annotated[int, Meta(ge=0, le=10**12)]
Task = Literal["binary", "regression"]
Verdict = Literal["ready", "needs-decision", "do-not-merge", "first-result", "not-comparable", "no-verdict"]
GateName = Literal["Pipeline", "Data validation", "Same rows", "Primary metric", "Guardrails", "Slices", "Budgets"]
GateResult = Literal["pass", "warn", "fail", "error", "not-run"]  # error: it was to run and could not
MetricResult = Literal[
    "better", "within-margin", "worse", "inconclusive", "info", "removed", "not-finite", "no-baseline"
]


class _Facts(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the report; unknown fields are refused."""


class Revision(_Facts, kw_only=True):
    """One side: what it is called, the commit, the digest of its model, and the version if it was registered."""

    name: Name = ""
    commit: Commit = ""
    digest: Digest = ""
    version: Name = ""


class Gate(_Facts, kw_only=True):
    """why is made from the facts. Recorded is added by the trusted job alone; a report that brings it is refused."""

    name: GateName
    result: GateResult
    why: Line = ""


class Metric(_Facts, kw_only=True):
    """delta is head − base; low and high are its interval, head_low and head_high that of the head's own value."""

    name: Name
    role: Literal["primary", "guardrail", "info"]
    direction: Literal["higher", "lower"]
    base: Number | None = None
    head: Number | None = None
    delta: Number | None = None
    low: Number | None = None
    high: Number | None = None
    head_low: Number | None = None
    head_high: Number | None = None
    margin: Number | None = None
    floor: Number | None = None
    result: MetricResult

    def __post_init__(self) -> None:
        _complete(self)


class Slice(_Facts, kw_only=True):
    """One value of one column; too-few: listed, never a gate. positives: None for regression."""

    column: Name
    value: Name
    metric: Name
    direction: Literal["higher", "lower"]
    rows: Count
    positives: Count | None = None
    base: Number | None = None
    head: Number | None = None
    delta: Number | None = None
    low: Number | None = None
    high: Number | None = None
    margin: Number
    result: Literal["better", "within-margin", "worse", "inconclusive", "too-few", "not-finite"]

    def __post_init__(self) -> None:
        _complete(self)


class Rows(_Facts, kw_only=True):
    """The test rows. comparison: were both models measured on the same ones, and how did that come about?

    same: the base's own predictions. rescored: the base's model on the head's rows, which differ from the base's.
    unchanged: the same file, nothing was computed. none: no baseline. different: not comparable.
    """

    comparison: Literal["same", "rescored", "unchanged", "none", "different"]
    count: Count | None = None
    positives: Count | None = None
    identical: bool = False
    labels: LabelsDigest = ""
    only_base: Count = 0
    only_head: Count = 0
    relabelled: Count = 0


class Flips(_Facts, kw_only=True):
    """Rows whose predicted class changed; p: exact McNemar. Confusion counts: true and false −, false and true +."""

    threshold: Number
    fixed: Count
    broken: Count
    p: Number
    base: Annotated[list[Count], Meta(min_length=4, max_length=4)]
    head: Annotated[list[Count], Meta(min_length=4, max_length=4)]


class ValueChange(_Facts, kw_only=True):
    """A parameter or a package; None: it is not there."""

    name: Name
    base: Name | None = None
    head: Name | None = None


class DataState(_Facts, kw_only=True):
    """What DVC recorded: digest, bytes, files (None for a single file), rows where they could be counted."""

    md5: Name
    size: Count
    files: Count | None = None
    rows: Count | None = None


class DataChange(_Facts, kw_only=True):
    path: Name
    base: DataState | None = None
    head: DataState | None = None


class CodeChange(_Facts, kw_only=True):
    """added, removed: lines, None for a binary file."""

    path: Name
    status: Literal["A", "M", "D", "T"]
    added: Count | None = None
    removed: Count | None = None


class Changes(_Facts, kw_only=True):
    """omitted: entries left out because the report would have grown too large."""

    params: Annotated[list[ValueChange], Meta(max_length=200)] = field(default_factory=list)
    packages: Annotated[list[ValueChange], Meta(max_length=200)] = field(default_factory=list)
    data: Annotated[list[DataChange], Meta(max_length=200)] = field(default_factory=list)
    code: Annotated[list[CodeChange], Meta(max_length=200)] = field(default_factory=list)
    omitted: Count = 0


class Expectation(_Facts, kw_only=True):
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


class Validation(_Facts, kw_only=True):
    """expectations: those that failed; passed and total count the others, too."""

    total: Count
    passed: Count
    severity: Literal["critical", "warning", "info"] | None
    failures: Annotated[list[Expectation], Meta(max_length=200)] = field(default_factory=list)


class Budget(_Facts, kw_only=True):
    name: Literal["row_latency_ms", "model_mb", "train_minutes"]
    head: Number | None = None
    limit: Number
    result: Literal["pass", "warn", "fail", "not-run"]


class Stage(_Facts, kw_only=True):
    """cached: there was nothing to do, or its result was restored. seconds of wall time."""

    name: Name
    result: Literal["ran", "cached", "failed", "not-run"] = "not-run"
    exit_code: Annotated[int, Meta(ge=-(2**31), le=2**31)] | None = None
    seconds: Number = 0.0
    log_tail: Annotated[list[Line], Meta(max_length=30)] = field(default_factory=list)


class Pipeline(_Facts, kw_only=True):
    """All stages in order; retrained: any of them ran; seconds: their sum."""

    stages: Annotated[list[Stage], Meta(max_length=50)] = field(default_factory=list)
    retrained: bool = False
    seconds: Number = 0.0

    @property
    def failed(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.result == "failed"), None)


class Method(_Facts, kw_only=True):
    """How the numbers were made."""

    draws: Count
    confidence: Annotated[float, Meta(gt=0, lt=1)]
    seed: Count
    group_by: Name | None = None
    slices: Count = 0


class Report(_Facts, kw_only=True):
    """problem: why something could not run, in one line."""

    schema: Literal[1] = 1
    model: Name = ""
    task: Task | None = None
    verdict: Verdict = "no-verdict"
    reason: Line = ""
    problem: Line = ""
    base: Revision | None = None
    head: Revision = Revision()
    gates: Annotated[list[Gate], Meta(max_length=20)] = field(default_factory=list)
    metrics: Annotated[list[Metric], Meta(max_length=40)] = field(default_factory=list)
    slices: Annotated[list[Slice], Meta(max_length=300)] = field(default_factory=list)
    rows: Rows | None = None
    flips: Flips | None = None
    changes: Changes = Changes()
    validation: Validation | None = None
    budgets: Annotated[list[Budget], Meta(max_length=10)] = field(default_factory=list)
    pipeline: Pipeline | None = None
    method: Method | None = None

    def __post_init__(self) -> None:
        if self.method is None and any(found.low is not None for found in [*self.metrics, *self.slices]):
            raise ValueError("intervals without the method that made them")


def _complete(found: Metric | Slice) -> None:
    """A result that rests on a difference has one; intervals have two ends."""
    needed = (found.base, found.head, found.delta, found.low, found.high, found.margin)
    if found.result in ("better", "within-margin", "worse", "inconclusive") and None in needed:
        raise ValueError(f"{found.result} without base, head, delta, interval and margin")
    own = (getattr(found, "head_low", None), getattr(found, "head_high", None))
    for low, high in ((found.low, found.high), own):
        if (low is None) != (high is None) or (low is not None and low > high):
            raise ValueError("an interval without two ends in order")


def json_schema() -> bytes:
    """The JSON schema of report.json, for readers in other languages."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Report)), indent=2) + b"\n"


def clipped(text: object, length: int = 200) -> str:
    """Text that fits a field: cut with an ellipsis, and lone surrogates, which JSON can't hold, replaced."""
    text = str(text).encode(errors="replace").decode()
    return text if len(text) <= length else text[: length - 1] + "…"
