"""gates.yaml: what a pull request must show before it can merge."""

import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mlgitops import strict
from mlgitops.compare.metrics import METRICS, Options
from mlgitops.errors import CannotCheck

Task = Literal["binary", "multiclass", "regression"]
Role = Literal["primary", "guardrail", "info"]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Loss = Annotated[float, Meta(ge=0, le=strict.LARGEST)]
Value = Annotated[float, Meta(ge=-strict.LARGEST, le=strict.LARGEST)]
Share = Annotated[float, Meta(ge=0, le=1)]
Limit = Annotated[float, Meta(gt=0, le=strict.LARGEST)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
FEWEST_DRAWS = 200
ImportPath = Annotated[str, Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$", max_length=200)]


class _Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping of gates.yaml; a key that is not one of its fields is refused."""


class MetricGate(_Section):
    """margin: the loss that is allowed. floor: the worst value that is (an upper limit where lower is better).

    function: a metric of the team's own, in the project's environment: f(y_true, y_score) → a number, as in
    scikit-learn. Only such a metric names its direction.
    """

    role: Role
    margin: Loss | None = None
    floor: Value | None = None
    function: Annotated[ImportPath | None, Meta(description="package.module:function")] = None
    direction: Literal["higher", "lower"] | None = None


class SliceGate(_Section):
    """A slice with fewer rows (binary: positives, negatives) is only listed; with group_by, one of few groups, too."""

    columns: Annotated[list[Text], Meta(min_length=1, max_length=20)]
    metric: Text
    margin: Loss
    min_positives: Count = 30
    min_negatives: Count = 30
    min_rows: Count = 60


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
    """threshold: of a binary task, a score from here on is a yes. quantile: what the metric pinball is about."""

    name: Text
    task: Task
    model: Text
    predictions: Text
    score: Text | None = None
    threshold: Share = 0.5
    quantile: Share = 0.5
    metrics: Annotated[dict[Text, MetricGate], Meta(min_length=1, max_length=30)]
    slices: SliceGate | None = None
    budgets: BudgetGate = BudgetGate()
    data: DataGate = DataGate()
    bootstrap: Bootstrap = Bootstrap()

    @property
    def primary(self) -> str:
        return next(name for name, gate in self.metrics.items() if gate.role == "primary")

    @property
    def options(self) -> Options:
        return Options(self.threshold, self.quantile)

    def direction(self, name: str) -> str:
        """Of one of its metrics: which way is better."""
        return self.metrics[name].direction or METRICS[self.task][name].direction


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


def _contradictions(gates: Gates) -> Iterator[tuple[str, str]]:
    """What the types can't say: (key, problem) pairs."""
    known = METRICS[gates.task]
    accepted = f"the metrics of a {gates.task} task are {', '.join(known)}"
    for name, gate in gates.metrics.items():
        yield from _of_function(name, gate, known) if gate.function else _of_known(name, gate, known, accepted)
        if gate.role != "info" and gate.margin is None:
            yield f"metrics.{name}.margin", f"missing; a {gate.role} metric needs its allowed loss, a number from 0"
    primaries = [name for name, gate in gates.metrics.items() if gate.role == "primary"]
    if len(primaries) != 1:
        yield "metrics", f"{len(primaries)} metrics have the role primary; exactly one must"
    if gates.slices and gates.slices.metric not in known:
        yield "slices.metric", f"unknown metric {gates.slices.metric!r}; {accepted}"
    if gates.score and not {"{model}", "{out}"} <= set(re.findall(r"{\w+}", gates.score)):
        yield "score", "must hold {model} and {out}, the folder of the bundle and the file to write"


def _of_function(name: str, gate: MetricGate, known: Container[str]) -> Iterator[tuple[str, str]]:
    if name in known:
        yield f"metrics.{name}.function", f"{name} is a metric already; give the function's metric another name"
    if gate.direction is None:
        yield f"metrics.{name}.direction", "missing; a metric with a function says which way is better: higher, lower"


def _of_known(name: str, gate: MetricGate, known: Container[str], accepted: str) -> Iterator[tuple[str, str]]:
    if name not in known:
        yield f"metrics.{name}", f"unknown metric; {accepted}; one of your own has a function"
    if gate.direction is not None:
        yield f"metrics.{name}.direction", "known; only a metric with a function takes one"
