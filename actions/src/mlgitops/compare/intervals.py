"""From draws to intervals: of each metric alone, and of all gated metrics at once."""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from mlgitops.report.schema.types import LARGEST

Array = np.ndarray


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
    is_sure: bool = True  # the interval that holds for all gated metrics at once is on one side of zero, too


def estimates(
    values: Array, drawn: Array, confidence: float, units: int, gated: list[bool] | None = None
) -> list[Estimate]:
    """values: (2, metrics), base and head; drawn: (draws, 2, metrics) of draws of so many units."""
    (base, head), deltas = values, drawn[:, 1] - drawn[:, 0]
    tail = expanded((1 - confidence) / 2, units)
    together = deltas if gated is None else deltas[:, gated]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column of NaN is a metric without an interval
        lows, highs = _interval(deltas, tail)
        head_lows, head_highs = _interval(drawn[:, 1], tail)
        errors = np.nanstd(deltas, axis=0, ddof=1)
        joint_lows, joint_highs = _interval(deltas, joint(together, tail))
    rows = zip(base, head, head - base, lows, highs, head_lows, head_highs, errors, strict=True)
    sure = (joint_lows > 0) | (joint_highs < 0)
    return [
        Estimate(*(float(x) if abs(x) <= LARGEST else None for x in row), is_sure=bool(one))
        for row, one in zip(rows, sure, strict=True)
    ]


def expanded(tail: float, units: int) -> float:
    """The tail of a percentile interval that is as wide as Student's: else it is too narrow where units are few
    (Hesterberg 2015)."""
    units = max(2, units)  # the draws of one unit are all alike: no tail makes an interval of them
    return float(ndtr(np.sqrt(units / (units - 1)) * stdtrit(units - 1, tail)))


def joint(deltas: Array, tail: float) -> float:
    """The tail at which the percentile intervals of all metrics hold at once as often as one of them does at `tail`.

    Each draw counts by its most extreme place among the draws of any metric (Mandel and Betensky 2008). deltas:
    (draws, metrics).
    """
    if deltas.shape[1] < 2:
        return tail
    places = np.column_stack([_places(column) for column in deltas.T])
    return min(tail, float(np.quantile(np.minimum(places, 1 - places).min(axis=1), 2 * tail)))


def _places(drawn: Array) -> Array:
    """(draws,) from 0 to 1: the place of each draw among them; equal ones share theirs, NaN is in the middle."""
    known = np.sort(drawn[~np.isnan(drawn)])
    if len(known) < 2:
        return np.full(len(drawn), 0.5)
    ranks = np.searchsorted(known, drawn, "left") + np.searchsorted(known, drawn, "right") - 1
    return np.where(np.isnan(drawn), 0.5, ranks / (2 * (len(known) - 1)))


def _interval(drawn: Array, tail: float) -> Array:
    """(2, metrics): percentiles; a draw in which a metric is undefined (one class only) is left out."""
    return np.nanquantile(drawn, [tail, 1 - tail], axis=0)
