"""Numbers: labels and scores in the unit of the target."""

import numpy as np

from mlgitops.compare.metrics.forms import Array, Metric, Options, Ordered, Sums, mean, ratio


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


def _middle(errors: Array) -> Array:
    return errors.mean(axis=1)


def _squared(labels: Array, scores: Array, _: Options) -> Array:
    return ((labels - scores) ** 2)[:, None]


def _absolute(labels: Array, scores: Array, _: Options) -> Array:
    return np.abs(labels - scores)[:, None]


def _relative(labels: Array, scores: Array, _: Options) -> Array:
    """Not finite where a label is 0: scikit-learn divides by 2.2e-16 there, and one such row decides everything."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.abs((labels - scores) / labels)[:, None]


def _tilted(labels: Array, scores: Array, options: Options) -> Array:
    """Pinball loss (Koenker and Bassett 1978)."""
    errors = labels - scores
    return np.maximum(options.quantile * errors, (options.quantile - 1) * errors)[:, None]


def _spread(labels: Array, scores: Array, _: Options) -> Array:
    """Squared errors, and labels with their squares; centred, so that the squares do not swallow the spread."""
    centred = labels - labels.mean()
    return np.column_stack([(labels - scores) ** 2, centred, centred**2])


def _root(sums: Array, rows: Array) -> Array:
    return np.sqrt(sums[:, 0] / rows)


def _r2(sums: Array, rows: Array) -> Array:
    return 1 - ratio(sums[:, 0], sums[:, 2] - sums[:, 1] ** 2 / rows, empty=np.nan)


METRICS = (
    Metric("rmse", "regression", "lower", Sums(_squared, _root)),
    Metric("mae", "regression", "lower", Sums(_absolute, mean)),
    Metric("medae", "regression", "lower", Ordered(Errors, _middle)),
    Metric("r2", "regression", "higher", Sums(_spread, _r2)),
    Metric("mape", "regression", "lower", Sums(_relative, mean)),
    Metric("pinball", "regression", "lower", Sums(_tilted, mean)),
)
