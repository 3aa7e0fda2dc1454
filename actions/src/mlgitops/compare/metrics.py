"""Metrics as data: name, task, direction, and a form in which a bootstrap draw is a vector of row counts.

Two forms cover them. A *sum* metric is a function of sums over the rows, so that a chunk of draws is one matrix
product. An *ordered* metric needs the rows in the order of the scores: they are sorted once, and each draw costs
two cumulative sums. In both, `counts` has shape (draws, rows) and a metric's values have shape (draws,).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

BINS = 10
SMALLEST = np.finfo(np.float64).eps  # as in scikit-learn: a probability of 0 costs 36, not infinity

Array = np.ndarray


@dataclass(frozen=True)
class Sums:
    """columns: (labels, scores, threshold) → (rows, k). value: (their sums (draws, k), rows (draws,)) → (draws,)."""

    columns: Callable[[Array, Array, float], Array]
    value: Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Ordered:
    """order: (labels, scores) → an order of the rows, made once; its draw(counts) is shared by its metrics."""

    order: type["Ranking | Errors"]
    value: Callable[["Ranked | Array"], Array]


@dataclass(frozen=True)
class Metric:
    name: str
    task: Literal["binary", "regression"]
    direction: Literal["higher", "lower"]
    form: Sums | Ordered

    @property
    def sign(self) -> int:
        return 1 if self.direction == "higher" else -1


class Ranking:
    """Positives and negatives, each in the order of their scores, and where each positive stands among them."""

    def __init__(self, labels: Array, scores: Array) -> None:
        self.positives, self.negatives = (_sorted(scores, labels == label) for label in (1, 0))
        positives, negatives = scores[self.positives], scores[self.negatives]
        self.below = np.searchsorted(negatives, positives, "left")
        self.level = np.searchsorted(negatives, positives, "right")
        self.first = np.searchsorted(positives, positives, "left")

    def draw(self, counts: Array) -> "Ranked":
        negatives = _before(counts.take(self.negatives, axis=1))
        positives = counts.take(self.positives, axis=1)
        return Ranked(self, positives, _before(positives), negatives, negatives.take(self.below, axis=1))


@dataclass(frozen=True)
class Ranked:
    """What was drawn of a ranking: positives (draws, positives); before: how many come before each place; below:
    the negatives drawn below each positive."""

    ranking: Ranking
    positives: Array
    positives_before: Array
    negatives_before: Array
    below: Array


def roc_auc(drawn: Ranked) -> Array:
    """The chance that a positive is scored above a negative, ties counting half (Mann and Whitney 1947)."""
    level = drawn.negatives_before.take(drawn.ranking.level, axis=1)
    won = np.einsum("dp,dp->d", drawn.positives, drawn.below + level) / 2
    return won / (drawn.positives_before[:, -1] * drawn.negatives_before[:, -1])


def average_precision(drawn: Ranked) -> Array:
    """Precision at each positive's score, averaged over the positives, not interpolated."""
    true = drawn.positives_before[:, -1:] - drawn.positives_before.take(drawn.ranking.first, axis=1)
    false = drawn.negatives_before[:, -1:] - drawn.below
    precision = true / np.maximum(true + false, 1)
    return np.einsum("dp,dp->d", drawn.positives, precision) / drawn.positives_before[:, -1]


class Errors:
    """Absolute errors, sorted."""

    def __init__(self, labels: Array, scores: Array) -> None:
        errors = np.abs(labels - scores)
        self.order = np.argsort(errors, kind="stable")
        self.sorted = errors[self.order]

    def draw(self, counts: Array) -> Array:
        """(draws, 2): the one or two errors in the middle of those drawn."""
        ends = np.cumsum(counts.take(self.order, axis=1), axis=1)
        middles = ([(end[-1] - 1) // 2, end[-1] // 2] for end in ends)
        places = [np.searchsorted(end, middle, "right") for end, middle in zip(ends, middles, strict=True)]
        return self.sorted[np.array(places)]


def _sorted(scores: Array, chosen: Array) -> Array:
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(scores[rows], kind="stable")]


def _before(counts: Array) -> Array:
    """(draws, n + 1) of counts (draws, n): how many come before each place. In integers: six times faster."""
    before = np.zeros((len(counts), counts.shape[1] + 1), dtype=counts.dtype)
    np.cumsum(counts, axis=1, out=before[:, 1:])
    return before


def _ratio(above: Array, below: Array, empty: float) -> Array:
    return np.divide(above, below, out=np.full(np.shape(below), empty), where=below != 0)


def _log_loss(labels: Array, scores: Array, _: float) -> Array:
    clipped = np.clip(scores, SMALLEST, 1 - SMALLEST)
    return -np.log(np.where(labels == 1, clipped, 1 - clipped))[:, None]


def _squared(labels: Array, scores: Array, _: float) -> Array:
    return ((labels - scores) ** 2)[:, None]


def _absolute(labels: Array, scores: Array, _: float) -> Array:
    return np.abs(labels - scores)[:, None]


def _spread(labels: Array, scores: Array, _: float) -> Array:
    """Squared errors, and labels with their squares; centred, so that the squares do not swallow the spread."""
    centred = labels - labels.mean()
    return np.column_stack([(labels - scores) ** 2, centred, centred**2])


def _outcomes(labels: Array, scores: Array, threshold: float) -> Array:
    """True positives, false positives, false negatives."""
    predicted, positive = scores >= threshold, labels == 1
    return np.column_stack([predicted & positive, predicted & ~positive, ~predicted & positive]).astype(float)


def _gaps(labels: Array, scores: Array, _: float) -> Array:
    """Observed minus predicted, in the column of the score's bin; the bins are of equal width."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    return np.where(bins[:, None] == np.arange(BINS), (labels - scores)[:, None], 0.0)


def _mean(sums: Array, rows: Array) -> Array:
    return sums[:, 0] / rows


def _r2(sums: Array, rows: Array) -> Array:
    return 1 - _ratio(sums[:, 0], sums[:, 2] - sums[:, 1] ** 2 / rows, empty=np.nan)


def _f1(sums: Array, _: Array) -> Array:
    true, false, missed = sums.T
    return _ratio(2 * true, 2 * true + false + missed, empty=0.0)


def _precision(sums: Array, _: Array) -> Array:
    return _ratio(sums[:, 0], sums[:, 0] + sums[:, 1], empty=0.0)


def _recall(sums: Array, _: Array) -> Array:
    return _ratio(sums[:, 0], sums[:, 0] + sums[:, 2], empty=0.0)


def _root(sums: Array, rows: Array) -> Array:
    return np.sqrt(sums[:, 0] / rows)


def _calibration(sums: Array, rows: Array) -> Array:
    """Expected calibration error: bins weighted by their rows (Guo et al. 2017)."""
    return np.abs(sums).sum(axis=1) / rows


def _middle(errors: Array) -> Array:
    return errors.mean(axis=1)


METRICS = {
    metric.name: metric
    for metric in (
        Metric("roc_auc", "binary", "higher", Ordered(Ranking, roc_auc)),
        Metric("average_precision", "binary", "higher", Ordered(Ranking, average_precision)),
        Metric("log_loss", "binary", "lower", Sums(_log_loss, _mean)),
        Metric("brier", "binary", "lower", Sums(_squared, _mean)),
        Metric("ece", "binary", "lower", Sums(_gaps, _calibration)),
        Metric("f1", "binary", "higher", Sums(_outcomes, _f1)),
        Metric("precision", "binary", "higher", Sums(_outcomes, _precision)),
        Metric("recall", "binary", "higher", Sums(_outcomes, _recall)),
        Metric("rmse", "regression", "lower", Sums(_squared, _root)),
        Metric("mae", "regression", "lower", Sums(_absolute, _mean)),
        Metric("medae", "regression", "lower", Ordered(Errors, _middle)),
        Metric("r2", "regression", "higher", Sums(_spread, _r2)),
    )
}
