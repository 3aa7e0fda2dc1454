"""gates.yaml: what a pull request must show before it can merge."""

import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import yaml
from msgspec import Meta, Struct, inspect

from mlgitops.compare.metrics import METRICS
from mlgitops.errors import CannotCheck

LARGEST = 1e12  # so that infinity is refused
Task = Literal["binary", "regression"]
Role = Literal["primary", "guardrail", "info"]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Loss = Annotated[float, Meta(ge=0, le=LARGEST)]
Value = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Share = Annotated[float, Meta(ge=0, le=1)]
Limit = Annotated[float, Meta(gt=0, le=LARGEST)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]


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


class Bootstrap(_Section):
    draws: Annotated[int, Meta(ge=200, le=100_000)] = 2000
    confidence: Annotated[float, Meta(ge=0.5, le=0.999)] = 0.95
    group_by: Text | None = None
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0


class DataGate(_Section):
    max_null_share_change: Share = 0.05


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
    bootstrap: Bootstrap = Bootstrap()
    data: DataGate = DataGate()

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
    try:
        gates = msgspec.convert(yaml.load(content, _UniqueKeys), Gates)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise CannotCheck(f"{name}{line}", given=getattr(error, "problem", None) or "not YAML") from error
    except (msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise CannotCheck(f"{name}", given=_explained(str(error))) from error
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


class _UniqueKeys(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):
    """YAML in which a repeated key is an error: plain YAML silently keeps the last one."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"the key {key.value!r} is there twice; keep one"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _explained(message: str) -> str:
    """msgspec's message, its path as the user wrote it, and what is accepted there."""
    what, _, where = message.partition(" - at ")
    keys = [key for key in where.strip("`").removeprefix("key in ").strip("`").split(".") if key not in ("", "$")]
    path = ".".join(keys)
    accepted = _accepted(inspect.type_info(Gates), keys)
    return f"{path + ': ' if path else ''}{what[0].lower()}{what[1:]}{f'; accepted: {accepted}' if accepted else ''}"


def _accepted(kind: inspect.Type, keys: list[str]) -> str:
    """What fits at a path, in words: the keys of a section, the choices, or the range of a number."""
    if isinstance(kind, inspect.UnionType):
        kind = kind.types[0]
    if isinstance(kind, inspect.StructType):
        fields = {field.name: field.type for field in kind.fields}
        if not keys:
            return ", ".join(fields)
        return _accepted(fields[keys[0]], keys[1:]) if keys[0] in fields else ", ".join(fields)
    if isinstance(kind, inspect.DictType):
        return _accepted(kind.value_type, keys[1:])
    if isinstance(kind, inspect.LiteralType):
        return ", ".join(map(str, kind.values))
    if isinstance(kind, (inspect.FloatType, inspect.IntType)):
        low = f"above {kind.gt:g}" if kind.ge is None else "" if kind.ge == -LARGEST else f"from {kind.ge:g}"
        high = "" if kind.le == LARGEST else f"to {kind.le:g}"
        return " ".join(filter(None, ["a number", low, high]))
    return "a list of column names" if isinstance(kind, inspect.ListType) else "text"
