"""gates.yaml: what a pull request must show before it can merge."""

import re
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mlgitops import strict
from mlgitops.compare.metrics import METRICS
from mlgitops.errors import CannotCheck

Task = Literal["binary", "regression"]
Role = Literal["primary", "guardrail", "info"]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Loss = Annotated[float, Meta(ge=0, le=strict.LARGEST)]
Value = Annotated[float, Meta(ge=-strict.LARGEST, le=strict.LARGEST)]
Share = Annotated[float, Meta(ge=0, le=1)]
Limit = Annotated[float, Meta(gt=0, le=strict.LARGEST)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
FEWEST_DRAWS = 200


class _Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping of gates.yaml; a key that is not one of its fields is refused."""


class MetricGate(_Section):
    """margin: the loss that is allowed. floor: the worst value that is (an upper limit where lower is better)."""

    role: Role
    margin: Loss | None = None
    floor: Value | None = None


class SliceGate(_Section):
    """A slice with fewer positives or negatives (regression: fewer rows than both together) is only listed."""

    columns: Annotated[list[Text], Meta(min_length=1, max_length=20)]
    metric: Text
    margin: Loss
    min_positives: Count = 30
    min_negatives: Count = 30


class BudgetGate(_Section):
    row_latency_ms: Limit | None = None
    model_mb: Limit | None = None
    train_minutes: Limit | None = None
    train_cpu_seconds: Limit | None = None


class DataGate(_Section):
    """key: the columns that tell the rows of tracked data apart. A null share that moves further is reported."""

    key: Annotated[list[Text], Meta(max_length=20)] = []
    max_null_share_change: Share = 0.05


class Bootstrap(_Section):
    draws: Annotated[int, Meta(ge=FEWEST_DRAWS, le=100_000)] = 2000
    confidence: Annotated[float, Meta(ge=0.5, le=0.999)] = 0.95
    group_by: Text | None = None
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0


class Gates(_Section, kw_only=True):
    name: Text
    task: Task
    model: Text
    predictions: Text
    score: Text | None = None
    threshold: Share = 0.5
    metrics: Annotated[dict[str, MetricGate], Meta(min_length=1, max_length=30)]
    slices: SliceGate | None = None
    budgets: BudgetGate = BudgetGate()
    data: DataGate = DataGate()
    bootstrap: Bootstrap = Bootstrap()

    @property
    def primary(self) -> str:
        return next(name for name, gate in self.metrics.items() if gate.role == "primary")


def read(path: Path) -> Gates:
    """The gates in a file; CannotCheck with one line that names the key and what it accepts."""
    if not path.is_file():
        raise CannotCheck("There is no gates file", given=path, next="Name it with --gates")
    return parse(path.read_bytes(), path.name)


def parse(content: bytes, name: str = "gates.yaml") -> Gates:
    """The same from the file's bytes; `name` is how errors call it."""
    tree = strict.load(content, name)
    for metric, gate in strict.items(tree, "metrics"):
        strict.convert(gate, MetricGate, name, f"metrics.{metric}.")
    gates = strict.convert(tree, Gates, name)
    for key, problem in _contradictions(gates):
        raise CannotCheck(f"{name}: {key}", given=problem)
    return gates


def _contradictions(gates: Gates):
    """What the types can't say: (key, problem) pairs."""
    known = [metric.name for metric in METRICS.values() if metric.task == gates.task]
    accepted = f"the metrics of a {gates.task} task are {', '.join(known)}"
    for name, gate in gates.metrics.items():
        if name not in known:
            yield f"metrics.{name}", f"unknown metric; {accepted}"
        if gate.role != "info" and gate.margin is None:
            yield f"metrics.{name}.margin", f"missing; a {gate.role} metric needs its allowed loss, a number from 0"
    primaries = [name for name, gate in gates.metrics.items() if gate.role == "primary"]
    if len(primaries) != 1:
        yield "metrics", f"{len(primaries)} metrics have the role primary; exactly one must"
    if gates.slices and gates.slices.metric not in known:
        yield "slices.metric", f"unknown metric {gates.slices.metric!r}; {accepted}"
    if gates.score and not {"{model}", "{out}"} <= set(re.findall(r"{\w+}", gates.score)):
        yield "score", "must hold {model} and {out}, the folder of the bundle and the file to write"
