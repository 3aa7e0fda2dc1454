"""A paired bootstrap: each draw measures both models on the same rows, drawn again with replacement.

Percentile intervals (Efron and Tibshirani 1993), drawn within each class so that a draw keeps the share of positives;
with groups, whole groups are drawn (Davison and Hinkley 1997), because rows of one group are not independent.
"""

import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from mlgitops.compare.gates import Bootstrap
from mlgitops.compare.metrics import DEFAULTS, Function, Metric, Options, Ordered, Sums
from mlgitops.compare.team import functions

Array = np.ndarray
CHUNK = 1 << 17  # counts that a thread holds at once: more do not fit the processor's caches,
FEWEST = 8  # but not fewer draws: on thin products the threads of BLAS wait for each other longer than they work
LARGEST = 1e15  # as the report has it; what lies beyond is as good as infinite


@dataclass(frozen=True)
class Estimate:
    """A metric of both models and the intervals of head and of head − base; None where a value is not finite."""

    base: float | None
    head: float | None
    delta: float | None
    low: float | None
    high: float | None
    head_low: float | None
    head_high: float | None
    error: float | None  # the standard error of delta


@dataclass(frozen=True)
class Draws:
    """How rows are drawn: within strata, runs of rows that are `sizes` long; or groups (a code for each row), whole."""

    draws: int
    seed: int
    sizes: list[int]
    groups: Array | None = None

    def chunks(self) -> Iterator[tuple[int, np.random.SeedSequence]]:
        """(how many draws, a seed of their own): the same whatever the number of threads."""
        size = max(FEWEST, CHUNK // sum(self.sizes))
        sizes = [min(size, self.draws - start) for start in range(0, self.draws, size)]
        return zip(sizes, np.random.SeedSequence(self.seed).spawn(len(sizes)), strict=True)

    def counts(self, draws: int, seed: np.random.SeedSequence) -> Array:
        """(draws, rows): how often each row was drawn."""
        random = np.random.Generator(np.random.SFC64(seed))
        if self.groups is not None:
            return _drawn(random, draws, int(self.groups.max()) + 1).take(self.groups, axis=1)
        return np.concatenate([_drawn(random, draws, size) for size in self.sizes], axis=1)


def _drawn(random: np.random.Generator, draws: int, size: int) -> Array:
    """(draws, size): counts of `size` draws with replacement from `size`.

    Multiplying 32 random bits and keeping the upper half (Lemire 2019) costs half of Generator.integers; without his
    rejection step some rows are likelier by one part in 2³² ÷ size, which nothing here can see.
    """
    bits = random.integers(0, 2**64 - 1, (draws * size + 1) // 2, dtype=np.uint64, endpoint=True).view(np.uint32)
    chosen = (bits[: draws * size].astype(np.int64) * size >> 32).reshape(draws, size)
    chosen += np.arange(draws)[:, None] * size
    return np.bincount(chosen.ravel(), minlength=draws * size).reshape(draws, size)


class Model:
    """One model's scores, prepared once for all the draws."""

    def __init__(self, metrics: list[Metric], labels: Array, scores: Array, options: Options) -> None:
        self.metrics = [metric for metric in metrics if not isinstance(metric.form, Function)]
        self.orders = {m.form.order: m.form.order(labels, scores) for m in metrics if isinstance(m.form, Ordered)}
        makers = dict.fromkeys(m.form.columns for m in metrics if isinstance(m.form, Sums))
        blocks = [make(labels, scores, options) for make in makers]
        self.columns = np.column_stack([np.ones(len(labels)), *blocks])
        ends = np.cumsum([1, *(block.shape[1] for block in blocks)])
        self.places = {make: slice(*ends[i : i + 2]) for i, make in enumerate(makers)}

    def values(self, counts: Array) -> Array:
        """(draws, metrics) for counts (draws, rows)."""
        sums = counts.astype(np.float64) @ self.columns
        drawn = {name: order.draw(counts) for name, order in self.orders.items()}
        found = [self._value(metric.form, sums, drawn) for metric in self.metrics]
        return np.stack(found, axis=1) if found else np.empty((len(counts), 0))

    def _value(self, form: Sums | Ordered, sums: Array, drawn: dict) -> Array:
        if isinstance(form, Ordered):
            return form.value(drawn[form.order])
        return form.value(sums[:, self.places[form.columns]], sums[:, 0])


def measure(models: list[Model], draws: Draws) -> tuple[Array, Array]:
    """(models, metrics) on the rows themselves and (draws, models, metrics) on the rows drawn."""

    def values(counts: Array) -> Array:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.stack([model.values(counts) for model in models], axis=1)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        drawn = threads.map(lambda chunk: values(draws.counts(*chunk)), draws.chunks())
        return values(np.ones((1, sum(draws.sizes)), dtype=np.int64))[0], np.concatenate(list(drawn))


def estimate(
    metrics: list[Metric],
    labels: Array,
    base: Array | None,
    head: Array,
    settings: Bootstrap,
    *,
    options: Options = DEFAULTS,
    groups: Array | None = None,
) -> list[Estimate]:
    """One estimate for each metric. labels: (rows,); base (or None), head: (rows,) or, multiclass, (rows, classes);
    groups: (rows,), codes from 0."""
    strata = np.zeros(len(labels)) if metrics[0].task == "regression" else labels
    order = np.argsort(strata, kind="stable")
    sizes = np.unique(strata, return_counts=True)[1].tolist()
    draws = Draws(settings.draws, settings.seed, sizes, None if groups is None else groups[order])
    labels, sides = labels[order], [side[order] for side in (base, head) if side is not None]
    models = [Model(metrics, labels, side, options) for side in sides]
    values, drawn = _with_functions(metrics, labels, sides, draws, measure(models, draws))
    if base is None:
        values, drawn = (np.concatenate([np.full_like(a, np.nan), a], axis=-2) for a in (values, drawn))
    return _estimates(values, drawn, settings.confidence)


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


def _estimates(values: Array, drawn: Array, confidence: float) -> list[Estimate]:
    """values: (2, metrics); drawn: (draws, 2, metrics)."""
    (base, head), deltas = values, drawn[:, 1] - drawn[:, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column of NaN is a metric without an interval
        lows, highs = _interval(deltas, confidence)
        head_lows, head_highs = _interval(drawn[:, 1], confidence)
        errors = np.nanstd(deltas, axis=0, ddof=1)
    rows = zip(base, head, head - base, lows, highs, head_lows, head_highs, errors, strict=True)
    return [Estimate(*(float(x) if abs(x) <= LARGEST else None for x in row)) for row in rows]


def _interval(drawn: Array, confidence: float) -> Array:
    """(2, metrics): percentiles; a draw in which a metric is undefined (one class only) is left out."""
    tail = (1 - confidence) / 2
    return np.nanquantile(drawn, [tail, 1 - tail], axis=0)
