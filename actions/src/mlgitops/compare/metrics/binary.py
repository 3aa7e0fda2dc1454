"""Two classes: labels 0 and 1, scores the probability of 1."""

import numpy as np

from mlgitops.compare.metrics import calibration
from mlgitops.compare.metrics.forms import Array, Metric, Options, Ordered, Sums, log_loss, mean, ratio
from mlgitops.compare.metrics.ranking import Ranking, average_precision, roc_auc


def _log_loss(labels: Array, scores: Array, _: Options) -> Array:
    return log_loss(np.where(labels == 1, scores, 1 - scores))


def _squared(labels: Array, scores: Array, _: Options) -> Array:
    return ((labels - scores) ** 2)[:, None]


def _gaps(labels: Array, scores: Array, _: Options) -> Array:
    return calibration.gaps(labels, scores)


def _outcomes(labels: Array, scores: Array, options: Options) -> Array:
    """True positives, false positives, false negatives."""
    predicted, positive = scores >= options.threshold, labels == 1
    return np.column_stack([predicted & positive, predicted & ~positive, ~predicted & positive]).astype(float)


def _f1(sums: Array, _: Array) -> Array:
    true, false, missed = sums.T
    return ratio(2 * true, 2 * true + false + missed, empty=0.0)


def _precision(sums: Array, _: Array) -> Array:
    return ratio(sums[:, 0], sums[:, 0] + sums[:, 1], empty=0.0)


def _recall(sums: Array, _: Array) -> Array:
    return ratio(sums[:, 0], sums[:, 0] + sums[:, 2], empty=0.0)


def _accuracy(sums: Array, rows: Array) -> Array:
    return 1 - (sums[:, 1] + sums[:, 2]) / rows


def _balanced_accuracy(sums: Array, rows: Array) -> Array:
    """The mean of recall and specificity; of one of them where all rows drawn are of one class."""
    true, false, missed = sums.T
    negatives = rows - true - missed
    recall, specificity = ratio(true, true + missed, np.nan), ratio(negatives - false, negatives, np.nan)
    return np.where(np.isnan(recall), specificity, np.where(np.isnan(specificity), recall, (recall + specificity) / 2))


def _mcc(sums: Array, rows: Array) -> Array:
    """Matthews 1975; 0 where one class only is there or predicted."""
    true, false, missed = sums.T
    rejected = rows - true - false - missed
    below = (true + false) * (true + missed) * (rejected + false) * (rejected + missed)
    return ratio(true * rejected - false * missed, np.sqrt(below), empty=0.0)


METRICS = (
    Metric("roc_auc", "binary", "higher", Ordered(Ranking, roc_auc)),
    Metric("average_precision", "binary", "higher", Ordered(Ranking, average_precision)),
    Metric("log_loss", "binary", "lower", Sums(_log_loss, mean)),
    Metric("brier", "binary", "lower", Sums(_squared, mean)),
    Metric("ece", "binary", "lower", Sums(_gaps, calibration.error)),
    Metric("f1", "binary", "higher", Sums(_outcomes, _f1)),
    Metric("precision", "binary", "higher", Sums(_outcomes, _precision)),
    Metric("recall", "binary", "higher", Sums(_outcomes, _recall)),
    Metric("accuracy", "binary", "higher", Sums(_outcomes, _accuracy)),
    Metric("balanced_accuracy", "binary", "higher", Sums(_outcomes, _balanced_accuracy)),
    Metric("mcc", "binary", "higher", Sums(_outcomes, _mcc)),
)
