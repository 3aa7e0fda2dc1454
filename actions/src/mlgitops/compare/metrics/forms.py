"""The forms of a metric; in two of them a bootstrap draw is a vector of row counts.

A *sum* metric is a function of sums over the rows, so that a chunk of draws is one matrix product. An *ordered*
metric needs the rows in the order of the scores: they are sorted once, and each draw costs two cumulative sums. In
both, `counts` has shape (draws, rows) and a metric's values have shape (draws,). Labels are 0 and 1, codes of classes
from 0, or numbers; scores have shape (rows,), or (rows, classes) for a multiclass task. The third form is a function
of the team's own, which takes the rows themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

SMALLEST = np.finfo(np.float64).eps  # as in scikit-learn: a probability of 0 costs 36, not infinity

Array = np.ndarray


@dataclass(frozen=True)
class Options:
    """What gates.yaml sets for some metrics. threshold: a score from here on is a yes. quantile: that of pinball."""

    threshold: float = 0.5
    quantile: float = 0.5


DEFAULTS = Options()


@dataclass(frozen=True)
class Sums:
    """columns: (labels, scores, options) → (rows, k). value: (their sums (draws, k), rows (draws,)) → (draws,)."""

    columns: Callable[[Array, Array, Options], Array]
    value: Callable[[Array, Array], Array]


class Order(Protocol):
    """An order of the rows, made once from labels and scores."""

    def __init__(self, labels: Array, scores: Array) -> None: ...

    def draw(self, counts: Array) -> object: ...


@dataclass(frozen=True)
class Ordered:
    """order: its draw(counts) is shared by its metrics, and is what their `value` takes."""

    order: type[Order]
    value: Callable[[object], Array]


@dataclass(frozen=True)
class Function:
    """path: module:name in the project's environment, f(y_true, y_score) → a number. root: of the project. classes:
    the names that it is given for the codes of a multiclass task."""

    path: str
    root: Path
    classes: Array | None = None


@dataclass(frozen=True)
class Metric:
    name: str
    task: Literal["binary", "multiclass", "regression"]
    direction: Literal["higher", "lower"]
    form: Sums | Ordered | Function


def mean(sums: Array, rows: Array) -> Array:
    return sums[:, 0] / rows


def ratio(above: Array, below: Array, empty: float) -> Array:
    """above / below, and `empty` where below is 0."""
    return np.divide(above, below, out=np.full(np.shape(below), empty), where=below != 0)


def log_loss(of_truth: Array) -> Array:
    """(rows, 1) from the probability that each row gave to its own class."""
    return -np.log(np.clip(of_truth, SMALLEST, 1 - SMALLEST))[:, None]
