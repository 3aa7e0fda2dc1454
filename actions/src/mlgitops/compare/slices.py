"""Slices: is the model worse for one carrier, one region, one group? All of them are tested at once.

Simultaneous intervals (Bonferroni over the slices that are large enough): eight unchanged slices tested at 5 % each
give a false alarm in a third of all comparisons.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import ndtri, stdtrit

from mlgitops.compare import bootstrap
from mlgitops.compare.delong import delong
from mlgitops.compare.gates import Gates, SliceGate
from mlgitops.compare.metrics import METRICS
from mlgitops.compare.predictions import Alignment, group_codes
from mlgitops.compare.verdict import of_interval
from mlgitops.report.schema import Slice, clipped

Array = np.ndarray
Estimate = tuple[float | None, float | None, float | None]  # base, head, standard error of head − base
MISSING = "(missing)"
MOST = 300  # values listed, those with the most rows
FEWEST = 10  # groups: the spread of fewer is itself not known (Cameron and Miller 2015)


@dataclass(frozen=True)
class Group:
    """The rows of one value of one column. codes: (rows,) from 0, which rows are drawn together; None: each alone."""

    column: str
    value: str
    rows: Array
    positives: int | None
    codes: Array | None

    @property
    def degrees(self) -> int | None:
        """Of freedom of a standard error that rests on groups."""
        return None if self.codes is None else int(self.codes.max())

    def is_enough(self, gate: SliceGate) -> bool:
        enough = len(self.rows) >= gate.min_rows and (self.degrees is None or self.degrees + 1 >= FEWEST)
        if self.positives is None:
            return enough
        return enough and self.positives >= gate.min_positives and len(self.rows) - self.positives >= gate.min_negatives


def measure(gates: Gates, alignment: Alignment) -> list[Slice]:
    """Every slice of the gates, worst first."""
    gate = gates.slices
    if gate is None:
        return []
    groups = sorted(_groups(gates, alignment), key=lambda group: -len(group.rows))[:MOST]
    enough = sum(group.is_enough(gate) for group in groups)
    level = 1 - (1 - gates.bootstrap.confidence) / 2 / max(1, enough)
    return sorted((_slice(group, gates, alignment, level) for group in groups), key=_badness)


def _groups(gates: Gates, alignment: Alignment) -> Iterator[Group]:
    every = group_codes(alignment.head, gates.bootstrap.group_by)
    for column in gates.slices.columns:
        values = pc.fill_null(pc.cast(alignment.head.columns[column], pa.string()), MISSING)
        encoded = values.combine_chunks().dictionary_encode()
        codes = encoded.indices.to_numpy()
        for code, value in enumerate(encoded.dictionary.to_pylist()):
            rows = np.flatnonzero(codes == code)
            positives = int(alignment.head.labels[rows].sum()) if gates.task == "binary" else None
            own = None if every is None else np.unique(every[rows], return_inverse=True)[1]
            yield Group(column, value, rows, positives, own)


def _slice(group: Group, gates: Gates, alignment: Alignment, level: float) -> Slice:
    gate, metric = gates.slices, METRICS[gates.task][gates.slices.metric]
    enough = group.is_enough(gate)
    estimate: Callable[..., Estimate] = _by_delong if metric.name == "roc_auc" else _by_bootstrap
    base, head, error = estimate(group, gates, alignment) if enough else (None, None, None)
    known = base is not None and head is not None and error is not None
    delta, half = (head - base, error * _quantile(group, level)) if known else (None, None)
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


def _quantile(group: Group, level: float) -> float:
    """Of the normal distribution, or of Student's where the error rests on groups, which are not many."""
    return float(ndtri(level) if group.degrees is None else stdtrit(group.degrees, level))


def _by_delong(group: Group, gates: Gates, alignment: Alignment) -> Estimate:
    return delong(*_of(group, alignment), group.codes)


def _by_bootstrap(group: Group, gates: Gates, alignment: Alignment) -> Estimate:
    metric = METRICS[gates.task][gates.slices.metric]
    found = bootstrap.estimate(
        [metric], *_of(group, alignment), gates.bootstrap, options=gates.options, groups=group.codes
    )[0]
    return found.base, found.head, found.error


def _of(group: Group, alignment: Alignment) -> tuple[Array, Array, Array]:
    rows = group.rows
    return alignment.head.labels[rows], alignment.base.scores[rows], alignment.head.scores[rows]


def _badness(found: Slice) -> tuple:
    order = ("worse", "not-finite", "inconclusive", "within-margin", "better", "too-few")
    loss = (found.delta or 0.0) * (1 if found.direction == "higher" else -1)
    return order.index(found.result), loss, -found.rows, found.column, found.value
