"""Several classes: labels are their codes, scores (rows, classes) their probabilities; the largest is the prediction.

Macro: the mean over the classes; weighted: by their rows. A class that the rows drawn neither have nor are predicted
to be is left out, as in scikit-learn; a ranking also leaves out what the rows do not have.
"""

from collections.abc import Callable

import numpy as np

from mlgitops.compare.metrics import calibration
from mlgitops.compare.metrics.forms import Array, Metric, Options, Ordered, Sums, log_loss, mean, ratio
from mlgitops.compare.metrics.ranking import OneAgainstRest, Rankings


def _of_truth(labels: Array, scores: Array) -> Array:
    return np.take_along_axis(scores, labels[:, None], axis=1)[:, 0]


def _log_loss(labels: Array, scores: Array, _: Options) -> Array:
    return log_loss(_of_truth(labels, scores))


def _squared(labels: Array, scores: Array, _: Options) -> Array:
    """Brier 1950: squared errors summed over the classes, from 0 to 2; not halved."""
    return ((scores**2).sum(axis=1) - 2 * _of_truth(labels, scores) + 1)[:, None]


def _gaps(labels: Array, scores: Array, _: Options) -> Array:
    """Of the predicted class: whether it is right, and its probability."""
    return calibration.gaps(scores.argmax(axis=1) == labels, scores.max(axis=1))


def _outcomes(labels: Array, scores: Array, _: Options) -> Array:
    """(rows, 3 × classes): right, there, predicted."""
    there, predicted = (codes[:, None] == np.arange(scores.shape[1]) for codes in (labels, scores.argmax(axis=1)))
    return np.hstack([there & predicted, there, predicted]).astype(float)


def _accuracy(sums: Array, rows: Array) -> Array:
    return np.split(sums, 3, axis=1)[0].sum(axis=1) / rows


def _balanced_accuracy(sums: Array, _: Array) -> Array:
    right, there, _ = np.split(sums, 3, axis=1)
    return _averaged(ratio(right, there, np.nan), 1.0)


def _mcc(sums: Array, rows: Array) -> Array:
    """Gorodkin 2004; 0 where one class only is there or predicted."""
    right, there, predicted = np.split(sums, 3, axis=1)

    def covariance(one: Array, other: Array) -> Array:
        return rows**2 - (one * other).sum(axis=1)

    above = rows * right.sum(axis=1) - (there * predicted).sum(axis=1)
    return ratio(above, np.sqrt(covariance(there, there) * covariance(predicted, predicted)), empty=0.0)


def _f1(right: Array, there: Array, predicted: Array) -> Array:
    return ratio(2 * right, there + predicted, empty=0.0)


def _precision(right: Array, _: Array, predicted: Array) -> Array:
    return ratio(right, predicted, empty=0.0)


def _recall(right: Array, there: Array, _: Array) -> Array:
    return ratio(right, there, empty=0.0)


def _macro(score: Callable[[Array, Array, Array], Array]) -> Sums:
    def value(sums: Array, _: Array) -> Array:
        right, there, predicted = np.split(sums, 3, axis=1)
        return _averaged(score(right, there, predicted), (there + predicted > 0).astype(float))

    return Sums(_outcomes, value)


def _weighted(score: Callable[[Array, Array, Array], Array]) -> Sums:
    def value(sums: Array, _: Array) -> Array:
        right, there, predicted = np.split(sums, 3, axis=1)
        return _averaged(score(right, there, predicted), there)

    return Sums(_outcomes, value)


def _roc_auc_macro(drawn: OneAgainstRest) -> Array:
    return _averaged(drawn.roc_auc, 1.0)


def _roc_auc_weighted(drawn: OneAgainstRest) -> Array:
    return _averaged(drawn.roc_auc, drawn.rows)


def _average_precision_macro(drawn: OneAgainstRest) -> Array:
    return _averaged(drawn.average_precision, 1.0)


def _averaged(values: Array, weights: Array | float) -> Array:
    """(draws,) of (draws, classes); a class without a value in a draw is left out of it."""
    weights = np.where(np.isnan(values), 0.0, weights)
    return (np.nan_to_num(values) * weights).sum(axis=1) / weights.sum(axis=1)


METRICS = (
    Metric("accuracy", "multiclass", "higher", Sums(_outcomes, _accuracy)),
    Metric("balanced_accuracy", "multiclass", "higher", Sums(_outcomes, _balanced_accuracy)),
    Metric("mcc", "multiclass", "higher", Sums(_outcomes, _mcc)),
    Metric("log_loss", "multiclass", "lower", Sums(_log_loss, mean)),
    Metric("brier", "multiclass", "lower", Sums(_squared, mean)),
    Metric("ece", "multiclass", "lower", Sums(_gaps, calibration.error)),
    Metric("f1_macro", "multiclass", "higher", _macro(_f1)),
    Metric("f1_weighted", "multiclass", "higher", _weighted(_f1)),
    Metric("precision_macro", "multiclass", "higher", _macro(_precision)),
    Metric("precision_weighted", "multiclass", "higher", _weighted(_precision)),
    Metric("recall_macro", "multiclass", "higher", _macro(_recall)),
    Metric("recall_weighted", "multiclass", "higher", _weighted(_recall)),
    Metric("roc_auc_macro", "multiclass", "higher", Ordered(Rankings, _roc_auc_macro)),
    Metric("roc_auc_weighted", "multiclass", "higher", Ordered(Rankings, _roc_auc_weighted)),
    Metric("average_precision_macro", "multiclass", "higher", Ordered(Rankings, _average_precision_macro)),
)
