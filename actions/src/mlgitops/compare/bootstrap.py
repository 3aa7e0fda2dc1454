"""A paired bootstrap: each draw measures both models on the same rows, drawn again with replacement.

The rows of a draw come from `draws`, the intervals from `intervals`.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from mlgitops.compare.concordance import Concordance
from mlgitops.compare.draws import Draws, summed
from mlgitops.compare.gates import Bootstrap
from mlgitops.compare.intervals import Estimate, estimates
from mlgitops.compare.metrics import DEFAULTS, Function, Metric, Options, Ordered, Sums, roc_auc
from mlgitops.compare.team import functions

Array = np.ndarray
FEW_GROUPS = 128  # up to here, for 2,000 rows and for 200,000, pairs of groups cost less than rows in order
KEPT = (1 << 22) - 4096  # numbers, nearly 32 MB: the largest block whose release tells glibc to keep what is released


class Model:
    """One model's scores, prepared once for all the draws; groups: (rows,), codes from 0, of rows drawn whole."""

    def __init__(
        self, metrics: list[Metric], labels: Array, scores: Array, options: Options, groups: Array | None = None
    ) -> None:
        self.metrics = [metric for metric in metrics if not isinstance(metric.form, Function)]
        self.groups = groups
        few = groups is not None and groups.max() + 1 <= FEW_GROUPS
        self.pairs = {m.form: Concordance(labels, scores, groups) for m in metrics if few and _is_of_pairs(m)}
        ordered = [m.form for m in metrics if isinstance(m.form, Ordered) and m.form not in self.pairs]
        self.orders = {form.order: form.order(labels, scores) for form in ordered}
        makers = dict.fromkeys(m.form.columns for m in metrics if isinstance(m.form, Sums))
        blocks = [make(labels, scores, options) for make in makers]
        columns = np.column_stack([np.ones(len(labels)), *blocks])
        self.columns = columns if groups is None else _by_group(columns, groups)
        ends = np.cumsum([1, *(block.shape[1] for block in blocks)])
        self.places = {make: slice(*ends[i : i + 2]) for i, make in enumerate(makers)}

    def values(self, counts: Array) -> Array:
        """(draws, metrics) for counts (draws, units): of groups where there are groups, else of rows."""
        sums = summed(counts, self.columns)
        rows = counts if self.groups is None or not self.orders else counts.take(self.groups, axis=1)
        drawn = {name: order.draw(rows) for name, order in self.orders.items()}
        found = [self._value(metric.form, counts, sums, drawn) for metric in self.metrics]
        return np.stack(found, axis=1) if found else np.empty((len(counts), 0))

    def _value(self, form: Sums | Ordered, counts: Array, sums: Array, drawn: dict) -> Array:
        if form in self.pairs:
            return self.pairs[form].values(counts)
        if isinstance(form, Ordered):
            return form.value(drawn[form.order])
        return form.value(sums[:, self.places[form.columns]], sums[:, 0])


def measure(models: list[Model], draws: Draws) -> tuple[Array, Array]:
    """(models, metrics) on the rows themselves and (draws, models, metrics) on the rows drawn."""

    def values(counts: Array) -> Array:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.stack([model.values(counts) for model in models], axis=1)

    np.empty(KEPT)  # else each array is made of fresh pages: half of the time (mallopt(3), M_MMAP_THRESHOLD)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        drawn = threads.map(lambda chunk: values(draws.of_units(*chunk)), draws.chunks())
        return values(np.ones((1, draws.units), dtype=np.int64))[0], np.concatenate(list(drawn))


def estimate(
    metrics: list[Metric],
    labels: Array,
    base: Array | None,
    head: Array,
    settings: Bootstrap,
    *,
    options: Options = DEFAULTS,
    groups: Array | None = None,
    gated: list[bool] | None = None,
) -> list[Estimate]:
    """One estimate for each metric. labels: (rows,); base (or None), head: (rows,) or, multiclass, (rows, classes);
    groups: (rows,), codes from 0; gated: for each metric, whether a loss of it fails a gate (default: all)."""
    strata = np.zeros(len(labels)) if metrics[0].task == "regression" else labels
    order = np.argsort(strata, kind="stable")
    sizes = np.unique(strata, return_counts=True)[1].tolist()
    draws = Draws(settings.draws, settings.seed, sizes, None if groups is None else groups[order])
    labels, sides = labels[order], [side[order] for side in (base, head) if side is not None]
    values, drawn = resampled(metrics, labels, sides, draws, options)
    if base is None:
        values, drawn = (np.concatenate([np.full_like(a, np.nan), a], axis=-2) for a in (values, drawn))
    return estimates(values, drawn, settings.confidence, draws.units, gated)


def resampled(
    metrics: list[Metric], labels: Array, sides: list[Array], draws: Draws, options: Options = DEFAULTS
) -> tuple[Array, Array]:
    """(models, metrics) on the rows themselves and (draws, models, metrics) on the rows drawn; sides: the scores of
    each model."""
    models = [Model(metrics, labels, side, options, draws.groups) for side in sides]
    return _with_functions(metrics, labels, sides, draws, measure(models, draws))


def _with_functions(
    metrics: list[Metric], labels: Array, sides: list[Array], draws: Draws, found: tuple[Array, Array]
) -> tuple[Array, Array]:
    """What `measure` found, and the team's functions where they stand among the metrics."""
    theirs = np.array([isinstance(metric.form, Function) for metric in metrics])
    if not theirs.any():
        return found
    more = functions.measure([metrics[place].form for place in np.flatnonzero(theirs)], labels, sides, draws)
    places = np.argsort(np.argsort(theirs, kind="stable"))
    return tuple(np.concatenate(parts, axis=-1)[..., places] for parts in zip(found, more, strict=True))


def _is_of_pairs(metric: Metric) -> bool:
    return isinstance(metric.form, Ordered) and metric.form.value is roc_auc


def _by_group(columns: Array, groups: Array) -> Array:
    """(groups, k) of columns (rows, k)."""
    return np.column_stack([np.bincount(groups, weights=column) for column in columns.T])
