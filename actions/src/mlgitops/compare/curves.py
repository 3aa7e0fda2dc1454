"""Curves of both models at the same x, small enough to be drawn in a comment.

Reliability: equal-width bins of the predicted probability; x is the mean prediction of both models in a bin, and a
bin in which either has fewer than FEWEST rows is left out, as its rate would be chance. Precision-recall: at each
recall the best precision at that recall or a higher one (interpolated precision, Manning et al. 2008). ROC, where
neither class is rare: straight lines between the points (Fawcett 2006). Residuals: equal-count bins, each model's rows
in the order of its own predictions.
"""

from collections.abc import Callable

import numpy as np

from mlgitops.compare.metrics.calibration import bins
from mlgitops.compare.predictions import Alignment, Predictions
from mlgitops.report.schema import Curve
from mlgitops.report.schema.measures import BINS

Array = np.ndarray
FEWEST = 10  # rows of a model in a bin
BALANCED = (0.3, 0.7)  # a share of positives between these is drawn as ROC
RECALLS = np.linspace(0.1, 1, 10)
RATES = np.linspace(0, 1, 11)


def curves(alignment: Alignment, task: str) -> list[Curve]:
    """What there is to draw for a task; a curve with fewer than two points, or with one that is not finite, is not."""
    found = [make(alignment) for make in CURVES[task]]
    return [curve for curve in found if curve is not None]


def _binary_reliability(alignment: Alignment) -> Curve | None:
    return _reliability([(side.labels, side.scores) for side in (alignment.base, alignment.head)])


def _top_reliability(alignment: Alignment) -> Curve | None:
    """Of the predicted class: how often it is right at its probability (Guo et al. 2017)."""
    sides = (alignment.base, alignment.head)
    return _reliability([(side.scores.argmax(axis=1) == side.labels, side.scores.max(axis=1)) for side in sides])


def _reliability(sides: list[tuple[Array, Array]]) -> Curve | None:
    """sides: (observed, predicted), each (rows,), of base and head."""
    places = [bins(predicted) for _, predicted in sides]
    rows = np.array([np.bincount(place, minlength=BINS) for place in places])
    pairs = list(zip(places, sides, strict=True))
    observed = np.array([np.bincount(place, truth, minlength=BINS) for place, (truth, _) in pairs])
    predicted = np.array([np.bincount(place, scores, minlength=BINS) for place, (_, scores) in pairs])
    kept = (rows >= FEWEST).all(axis=0)
    rates = observed[:, kept] / rows[:, kept]
    return _curve("reliability", predicted[:, kept].sum(axis=0) / rows[:, kept].sum(axis=0), *rates)


def _separation(alignment: Alignment) -> Curve | None:
    share = alignment.head.labels.mean()
    if share in (0, 1):
        return None
    if BALANCED[0] <= share <= BALANCED[1]:
        return _both("roc", RATES, _roc, alignment)
    return _both("precision-recall", RECALLS, _precisions, alignment)


def _roc(side: Predictions) -> Array:
    true, false = _found(side)
    return np.interp(RATES, np.append(0, false / false[-1]), np.append(0, true / true[-1]))


def _precisions(side: Predictions) -> Array:
    true, false = _found(side)
    best = np.maximum.accumulate((true / (true + false))[::-1])[::-1]
    return best[np.searchsorted(true, np.ceil(RECALLS * true[-1] - 1e-9))]


def _found(side: Predictions) -> tuple[Array, Array]:
    """True and false positives from each distinct score on, the highest first."""
    order = np.argsort(-side.scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(side.scores[order])), len(order) - 1)
    true = np.cumsum(side.labels[order])[last]
    return true, last + 1 - true


def _residuals(alignment: Alignment) -> Curve | None:
    def means(side: Predictions) -> Array:
        parts = np.array_split(np.argsort(side.scores, kind="stable"), BINS)
        return np.array([(side.scores[part] - side.labels[part]).mean() for part in parts])

    if len(alignment.head) < BINS * FEWEST:
        return None
    return _both("residuals", (np.arange(BINS) + 0.5) / BINS, means, alignment)


def _both(kind: str, x: Array, values: Callable[[Predictions], Array], alignment: Alignment) -> Curve | None:
    with np.errstate(invalid="ignore", divide="ignore"):
        return _curve(kind, x, values(alignment.base), values(alignment.head))


def _curve(kind: str, x: Array, base: Array, head: Array) -> Curve | None:
    if len(x) < 2 or not np.isfinite([x, base, head]).all():
        return None
    return Curve(kind=kind, x=x.tolist(), base=base.tolist(), head=head.tolist())


CURVES = {
    "binary": (_binary_reliability, _separation),
    "multiclass": (_top_reliability,),
    "regression": (_residuals,),
}
