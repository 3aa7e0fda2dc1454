"""Metrics of how well scores put positives above negatives: of two classes, or of each class against the rest."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

Array = np.ndarray


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


class Rankings:
    """A ranking of each class against the rest; classes that none or all of the rows have can't be ranked."""

    def __init__(self, labels: Array, scores: Array) -> None:
        rows = np.bincount(labels, minlength=scores.shape[1])
        ranked = np.flatnonzero((rows > 0) & (rows < len(labels)))
        self.rankings = [Ranking(labels == label, scores[:, label]) for label in ranked]

    def draw(self, counts: Array) -> "OneAgainstRest":
        return OneAgainstRest(self.rankings, counts)


@dataclass(frozen=True)
class OneAgainstRest:
    """What was drawn of them, class by class: all at once would need as much memory as there are classes."""

    rankings: list[Ranking]
    counts: Array

    @cached_property
    def roc_auc(self) -> Array:
        """(draws, classes)"""
        return self._each(lambda ranking: roc_auc(ranking.draw(self.counts)))

    @cached_property
    def average_precision(self) -> Array:
        """(draws, classes)"""
        return self._each(lambda ranking: average_precision(ranking.draw(self.counts)))

    @cached_property
    def rows(self) -> Array:
        """(draws, classes): the rows drawn of each class."""
        return self._each(lambda ranking: self.counts.take(ranking.positives, axis=1).sum(axis=1))

    def _each(self, measure) -> Array:
        found = [measure(ranking) for ranking in self.rankings]
        return np.column_stack(found) if found else np.empty((len(self.counts), 0))


def _sorted(scores: Array, chosen: Array) -> Array:
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(scores[rows], kind="stable")]


def _before(counts: Array) -> Array:
    """(draws, n + 1) of counts (draws, n): how many come before each place. In integers: six times faster."""
    before = np.zeros((len(counts), counts.shape[1] + 1), dtype=counts.dtype)
    np.cumsum(counts, axis=1, out=before[:, 1:])
    return before
