"""Expected calibration error: bins of equal width, weighted by their rows (Guo et al. 2017)."""

import numpy as np

from mlgitops.report.schema.measures import BINS

Array = np.ndarray


def bins(predicted: Array) -> Array:
    """(rows,): the bin of each probability."""
    return np.minimum((predicted * BINS).astype(int), BINS - 1)


def gaps(observed: Array, predicted: Array) -> Array:
    """(rows, bins): observed − predicted, in the column of the prediction's bin."""
    return np.where(bins(predicted)[:, None] == np.arange(BINS), (observed - predicted)[:, None], 0.0)


def error(sums: Array, rows: Array) -> Array:
    """(draws,) from the sums of the gaps."""
    return np.abs(sums).sum(axis=1) / rows
