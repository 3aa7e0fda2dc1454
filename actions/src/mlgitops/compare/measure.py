"""Two sets of predictions → the numbers of a report: metrics, slices, rows that changed sides, curves."""

from pathlib import Path

import numpy as np
from msgspec.structs import replace

from mlgitops.compare import bootstrap, slices
from mlgitops.compare.confusion import confusion
from mlgitops.compare.curves import curves
from mlgitops.compare.flips import flips
from mlgitops.compare.gates import FEWEST_DRAWS, Bootstrap, Gates
from mlgitops.compare.intervals import Estimate
from mlgitops.compare.metrics import METRICS, Function
from mlgitops.compare.metrics import Metric as Measure
from mlgitops.compare.predictions import Alignment, Predictions, group_codes
from mlgitops.compare.verdict import of_interval
from mlgitops.errors import CannotCheck
from mlgitops.report.schema import Method, Metric, Rows


def columns(gates: Gates) -> list[str]:
    """The columns of the predictions that slices and groups need."""
    grouped = [gates.bootstrap.group_by] if gates.bootstrap.group_by else []
    return list(dict.fromkeys([*(gates.slices.columns if gates.slices else []), *grouped]))


def compared(gates: Gates, alignment: Alignment, comparison: str, root: Path) -> dict:
    """The parts of a report that come from both models on the same rows; root: of the project."""
    base, head = alignment.base, alignment.head
    found = slices.measure(gates, alignment)
    classes = {} if gates.task == "regression" else {"confusion": confusion(alignment, gates.threshold)}
    return {
        "metrics": _metrics(gates, head, base.scores, root),
        "slices": found,
        "flips": flips(alignment, gates.threshold, gates.task),
        **classes,
        "curves": curves(alignment, gates.task),
        "rows": _rows(gates, head, comparison, alignment),
        "method": _method(gates, head, sum(one.result != "too-few" for one in found)),
    }


def alone(gates: Gates, head: Predictions, root: Path, recorded: dict[str, float] | None = None) -> dict:
    """The same without predictions of the base: values of the head with their own intervals; differences, without
    any, from the metrics that the base recorded."""
    found = [_beside(metric, (recorded or {}).get(metric.name)) for metric in _metrics(gates, head, None, root)]
    return {
        "metrics": found,
        "rows": _rows(gates, head, "recorded" if recorded else "none"),
        "method": _method(gates, head, 0),
    }


def deltas(gates: Gates, alignment: Alignment, root: Path) -> dict[str, float]:
    """Metric → head − base, where both are finite; the intervals are not wanted, so few draws do."""
    few = replace(gates, bootstrap=Bootstrap(draws=FEWEST_DRAWS))
    found = _metrics(few, alignment.head, alignment.base.scores, root)
    return {metric.name: metric.delta for metric in found if metric.delta is not None}


def _beside(metric: Metric, base: float | None) -> Metric:
    if base is None or metric.head is None:
        return metric
    result = "info" if metric.role == "info" else "no-interval"
    return replace(metric, base=base, delta=metric.head - base, result=result)


def _metrics(gates: Gates, head: Predictions, base: np.ndarray | None, root: Path) -> list[Metric]:
    chosen = measures(gates, root, head.classes)
    groups = group_codes(head, gates.bootstrap.group_by)
    if groups is not None and not groups.any():
        group_by = f"bootstrap.group_by: {gates.bootstrap.group_by}"
        raise CannotCheck("All test rows are of one group", given=group_by, next="Group by a column with more values")
    estimates = bootstrap.estimate(
        chosen,
        head.labels,
        base,
        head.scores,
        gates.bootstrap,
        options=gates.options,
        groups=groups,
        gated=[gate.role != "info" for gate in gates.metrics.values()],
    )
    return [held(gates, name, found, base is None) for name, found in zip(gates.metrics, estimates, strict=True)]


def measures(gates: Gates, root: Path, classes: np.ndarray | None = None) -> list[Measure]:
    """How each metric of the gates is measured; root: of the project, classes: of a multiclass task."""
    return [
        METRICS[gates.task][name]
        if gate.function is None
        else Measure(name, gates.task, gate.direction, Function(gate.function, root, classes))
        for name, gate in gates.metrics.items()
    ]


def held(gates: Gates, name: str, estimate: Estimate, is_alone: bool = False) -> Metric:
    """An estimate held against the gate of its metric; is_alone: there is no base to differ from."""
    gate, direction = gates.metrics[name], gates.direction(name)
    numbers = {
        field: getattr(estimate, field) for field in Estimate.__dataclass_fields__ if field in Metric.__struct_fields__
    }
    if estimate.head is None or (estimate.base is None and not is_alone):
        result = "not-finite"
    elif is_alone:
        result = "no-baseline"
    elif gate.role == "info":
        result = "info"
    else:
        result = of_interval(estimate.low, estimate.high, gate.margin, direction, estimate.is_sure)
    limits = {"margin": gate.margin, "floor": gate.floor}
    return Metric(name=name, role=gate.role, direction=direction, result=result, **numbers, **limits)


def _rows(gates: Gates, head: Predictions, comparison: str, alignment: Alignment | None = None) -> Rows:
    return Rows(
        comparison=comparison,
        count=len(head),
        positives=int(head.labels.sum()) if gates.task == "binary" else None,
        identical=bool(alignment and alignment.identical),
        labels=head.labels_digest,
    )


def _method(gates: Gates, head: Predictions, slices_checked: int) -> Method:
    how, codes = gates.bootstrap, group_codes(head, gates.bootstrap.group_by)
    return Method(
        draws=how.draws,
        confidence=how.confidence,
        seed=how.seed,
        group_by=how.group_by,
        groups=None if codes is None else int(codes.max()) + 1,
        slices=slices_checked,
    )
