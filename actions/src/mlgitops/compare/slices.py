"""Slices: is the model worse for one carrier, one region, one group? All of them are tested at once.

Simultaneous intervals (Bonferroni over the slices that are large enough): eight unchanged slices tested at 5 % each
give a false alarm in a third of all comparisons.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlgitops.compare import bootstrap
from mlgitops.compare.gates import Gates, SliceGate
from mlgitops.compare.metrics import METRICS
from mlgitops.compare.predictions import Alignment, group_codes
from mlgitops.compare.verdict import of_interval
from mlgitops.report.schema import Slice, clipped

Array = np.ndarray
Estimate = tuple[float | None, float | None, float | None]  # base, head, standard error of head − base
MISSING = "(missing)"
MOST = 300  # values listed, those with the most rows


@dataclass(frozen=True)
class Group:
    """The rows of one value of one column."""

    column: str
    value: str
    rows: Array
    positives: int | None

    def is_enough(self, gate: SliceGate) -> bool:
        if self.positives is None:
            return len(self.rows) >= gate.min_positives + gate.min_negatives
        return self.positives >= gate.min_positives and len(self.rows) - self.positives >= gate.min_negatives


def measure(gates: Gates, alignment: Alignment) -> list[Slice]:
    """Every slice of the gates, worst first."""
    gate = gates.slices
    if gate is None:
        return []
    groups = sorted(_groups(gates, alignment), key=lambda group: -len(group.rows))[:MOST]
    enough = sum(group.is_enough(gate) for group in groups)
    z = NormalDist().inv_cdf(1 - (1 - gates.bootstrap.confidence) / 2 / max(1, enough))
    return sorted((_slice(group, gates, alignment, z) for group in groups), key=_badness)


def delong(labels: Array, base: Array, head: Array) -> tuple[float, float, float]:
    """(base's AUC, head's AUC, standard error of their difference), paired (DeLong et al. 1988; Sun and Xu 2014)."""
    positive = labels == 1
    placements = [_placements(scores[positive], scores[~positive]) for scores in (base, head)]
    (base10, base01), (head10, head01) = placements
    variance = np.var(head10 - base10, ddof=1) / len(base10) + np.var(head01 - base01, ddof=1) / len(base01)
    return float(base10.mean()), float(head10.mean()), float(np.sqrt(variance))


def _placements(positives: Array, negatives: Array) -> tuple[Array, Array]:
    """For each positive the share of negatives below it, for each negative that of positives above it; ties half."""
    return _below(negatives, positives), 1 - _below(positives, negatives)


def _below(these: Array, those: Array) -> Array:
    """For each of `those` the share of `these` that are smaller; equal ones count half."""
    ordered = np.sort(these)
    return (np.searchsorted(ordered, those, "left") + np.searchsorted(ordered, those, "right")) / (2 * len(these))


def _groups(gates: Gates, alignment: Alignment) -> Iterator[Group]:
    for column in gates.slices.columns:
        values = pc.fill_null(pc.cast(alignment.head.columns[column], pa.string()), MISSING)
        encoded = values.combine_chunks().dictionary_encode()
        codes = encoded.indices.to_numpy()
        for code, value in enumerate(encoded.dictionary.to_pylist()):
            rows = np.flatnonzero(codes == code)
            positives = int(alignment.head.labels[rows].sum()) if gates.task == "binary" else None
            yield Group(column, value, rows, positives)


def _slice(group: Group, gates: Gates, alignment: Alignment, z: float) -> Slice:
    gate, metric = gates.slices, METRICS[gates.slices.metric]
    enough = group.is_enough(gate)
    estimate: Callable[..., Estimate] = _by_delong if metric.name == "roc_auc" else _by_bootstrap
    base, head, error = estimate(group, gates, alignment) if enough else (None, None, None)
    known = base is not None and head is not None and error is not None
    delta, half = (head - base, z * error) if known else (None, None)
    low, high = (delta - half, delta + half) if known else (None, None)
    return Slice(
        column=clipped(group.column),
        value=clipped(group.value),
        metric=metric.name,
        direction=metric.direction,
        rows=len(group.rows),
        positives=group.positives,
        base=base,
        head=head,
        delta=delta,
        low=low,
        high=high,
        margin=gate.margin,
        result=of_interval(low, high, gate.margin, metric.direction) if enough else "too-few",
    )


def _by_delong(group: Group, gates: Gates, alignment: Alignment) -> Estimate:
    labels, base, head = _of(group, alignment)
    return delong(labels, base, head)


def _by_bootstrap(group: Group, gates: Gates, alignment: Alignment) -> Estimate:
    metric = METRICS[gates.slices.metric]
    labels, base, head = _of(group, alignment)
    codes = group_codes(alignment.head, gates.bootstrap.group_by)
    groups = None if codes is None else np.unique(codes[group.rows], return_inverse=True)[1]
    found = bootstrap.estimate([metric], labels, base, head, gates.bootstrap, threshold=gates.threshold, groups=groups)[
        0
    ]
    return found.base, found.head, found.error


def _of(group: Group, alignment: Alignment) -> tuple[Array, Array, Array]:
    rows = group.rows
    return alignment.head.labels[rows], alignment.base.scores[rows], alignment.head.scores[rows]


def _badness(found: Slice) -> tuple:
    order = ("worse", "not-finite", "inconclusive", "within-margin", "better", "too-few")
    loss = (found.delta or 0.0) * METRICS[found.metric].sign
    return order.index(found.result), loss, -found.rows, found.column, found.value
