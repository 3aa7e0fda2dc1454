"""Two sets of predictions → the numbers of a report: metrics, slices, rows that changed sides."""

import numpy as np
from scipy.special import bdtr

from mlgitops.compare import bootstrap, slices
from mlgitops.compare.gates import Gates
from mlgitops.compare.intervals import Estimate
from mlgitops.compare.metrics import METRICS
from mlgitops.compare.predictions import Alignment, Predictions, group_codes
from mlgitops.compare.verdict import of_interval
from mlgitops.errors import CannotCheck
from mlgitops.report.schema import Confusion, Flips, Method, Metric, Rows


def columns(gates: Gates) -> list[str]:
    """The columns of the predictions that slices and groups need."""
    grouped = [gates.bootstrap.group_by] if gates.bootstrap.group_by else []
    return list(dict.fromkeys([*(gates.slices.columns if gates.slices else []), *grouped]))


def compared(gates: Gates, alignment: Alignment, comparison: str) -> dict:
    """The parts of a report that come from both models on the same rows."""
    base, head = alignment.base, alignment.head
    found = slices.measure(gates, alignment)
    return {
        "metrics": _metrics(gates, head, base.scores),
        "slices": found,
        **(_classes(base, head, gates.threshold) if gates.task == "binary" else {}),
        "rows": _rows(gates, head, comparison, alignment),
        "method": _method(gates, sum(one.result != "too-few" for one in found)),
    }


def alone(gates: Gates, head: Predictions) -> dict:
    """The same where there is no baseline: values of the head with their own intervals."""
    return {
        "metrics": _metrics(gates, head, None),
        "rows": _rows(gates, head, "none"),
        "method": _method(gates, 0),
    }


def _metrics(gates: Gates, head: Predictions, base: np.ndarray | None) -> list[Metric]:
    chosen = [METRICS[name] for name in gates.metrics]
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
        threshold=gates.threshold,
        groups=groups,
        gated=[gate.role != "info" for gate in gates.metrics.values()],
    )
    return [_metric(gates, name, estimate) for name, estimate in zip(gates.metrics, estimates, strict=True)]


def _metric(gates: Gates, name: str, estimate: Estimate) -> Metric:
    gate, direction = gates.metrics[name], METRICS[name].direction
    numbers = {
        field: getattr(estimate, field) for field in Estimate.__dataclass_fields__ if field in Metric.__struct_fields__
    }
    if estimate.head is None:
        result = "not-finite"
    elif estimate.base is None:
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


def _classes(base: Predictions, head: Predictions, threshold: float) -> dict:
    """Rows put right and rows put wrong, tested by exact McNemar (1947): both are equally likely under no change."""
    positive, was, now = head.labels == 1, base.scores >= threshold, head.scores >= threshold
    fixed, broken = (
        int(((was != positive) & (now == positive)).sum()),
        int(((was == positive) & (now != positive)).sum()),
    )
    p = min(1.0, 2 * bdtr(min(fixed, broken), fixed + broken, 0.5))
    sides = {"base": _confusion(positive, was), "head": _confusion(positive, now)}
    return {
        "flips": Flips(fixed=fixed, broken=broken, p=float(p)),
        "confusion": Confusion(classes=["0", "1"], threshold=threshold, **sides),
    }


def _confusion(positive: np.ndarray, predicted: np.ndarray) -> list[list[int]]:
    """[actual][predicted] counts."""
    return np.bincount(2 * positive + predicted, minlength=4).reshape(2, 2).tolist()


def _method(gates: Gates, slices_checked: int) -> Method:
    how = gates.bootstrap
    return Method(
        draws=how.draws, confidence=how.confidence, seed=how.seed, group_by=how.group_by, slices=slices_checked
    )
