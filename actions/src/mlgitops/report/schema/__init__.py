"""report.json, version 1: the facts of a comparison. Comment, job summary, check and exit code are made of it alone.

It comes from a job that runs a pull request's own code: names, types, ranges and lengths are limited here, size and
depth where it is read (`document`). No NaN, no markup, no sentence of its own (`sentences`).
"""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, field

from mlgitops.report.schema.changes import (
    Changes,
    CodeChange,
    ColumnChange,
    DataChange,
    DataState,
    NullChange,
    ValueChange,
)
from mlgitops.report.schema.measures import (
    Confusion,
    Curve,
    Flips,
    Method,
    Metric,
    Noise,
    NoiseRange,
    Rows,
    Slice,
)
from mlgitops.report.schema.run import Audit, Budget, Expectation, Lost, Pipeline, Stage, Validation
from mlgitops.report.schema.types import Commit, Digest, Facts, Line, Name, Number, Share, clipped

__all__ = [
    "Audit",
    "Budget",
    "Changes",
    "CodeChange",
    "ColumnChange",
    "Confusion",
    "Curve",
    "DataChange",
    "DataState",
    "Expectation",
    "Flips",
    "Gate",
    "Lost",
    "Merge",
    "Method",
    "Metric",
    "Noise",
    "NoiseRange",
    "NullChange",
    "Pipeline",
    "Report",
    "Revision",
    "Rows",
    "Served",
    "Slice",
    "Stage",
    "Validation",
    "ValueChange",
    "clipped",
    "json_schema",
]

Task = Literal["binary", "multiclass", "regression"]
Verdict = Literal["no-verdict", "do-not-merge", "not-comparable", "needs-decision", "first-result", "ready"]
WORST_FIRST = get_args(Verdict)
GateName = Literal[
    "Pipeline", "Data validation", "Remote audit", "Same rows", "Primary metric", "Guardrails", "Slices", "Budgets"
]
GateResult = Literal["pass", "warn", "fail", "error", "not-run"]  # error: it was to run and could not


class Revision(Facts, kw_only=True):
    """One side: what it is called, the commit, the digest of its model, and the version if it was registered."""

    name: Name = ""
    commit: Commit = ""
    digest: Digest = ""
    version: Name = ""


class Gate(Facts, kw_only=True):
    """One row of the gate table; why is made from the facts (`sentences`)."""

    name: GateName
    result: GateResult
    why: Line = ""


class Merge(Facts, kw_only=True):
    """The primary metric as a merge to the base's branch recorded it."""

    commit: Commit
    value: Number


class Served(Facts, kw_only=True):
    """One route in production now: its version, share of the traffic, digest, and primary metric as recorded."""

    endpoint: Name
    version: Name
    weight: Share
    digest: Digest = ""
    value: Number | None = None


class Report(Facts, kw_only=True):
    """problem: why something could not run, in one line. history: oldest first. others: more models, without any
    of their own."""

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
    confusion: Confusion | None = None
    curves: Annotated[list[Curve], Meta(max_length=2)] = field(default_factory=list)
    history: Annotated[list[Merge], Meta(max_length=20)] = field(default_factory=list)
    noise: Noise | None = None
    changes: Changes = Changes()
    validation: Validation | None = None
    audit: Audit | None = None
    budgets: Annotated[list[Budget], Meta(max_length=10)] = field(default_factory=list)
    pipeline: Pipeline | None = None
    production: Annotated[list[Served], Meta(max_length=20)] = field(default_factory=list)
    method: Method | None = None
    others: Annotated[list["Report"], Meta(max_length=9)] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.method is None and any(found.low is not None for found in [*self.metrics, *self.slices]):
            raise ValueError("intervals without the method that made them")
        if any(other.others for other in self.others):
            raise ValueError("more models inside those of another one")

    @property
    def worst(self) -> "Report":
        """Of several models, the one whose verdict decides."""
        return min((self, *self.others), key=lambda each: WORST_FIRST.index(each.verdict))


def json_schema() -> bytes:
    """The JSON schema of report.json, for readers in other languages."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Report)), indent=2) + b"\n"
