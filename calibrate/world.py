"""Simulated test rows and two models of them whose truth is known.

The figures are those of the template's own example: two gradient boostings of the flights of January to May, fitted
with other seeds and on other draws of the rows, on the flights of June. There the area under the ROC curve is 0.75,
log-odds spread by 1.1, and those of two models correlate by 0.95 to 0.97; 31 % of the rows are positive; 15 % of the
variance of what two models differ by lies between days. For minutes of delay: root mean squared error 44, residuals
with a skewness of 1.4 and a kurtosis of 6.4, predictions that correlate by 0.96.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

Array = np.ndarray
NOISE = 0.23  # of a model's own, in units of the signal that both see: their log-odds correlate by 0.95
DAYS = 30
CARRIERS = (0.36, 0.26, 0.18, 0.12, 0.08)  # shares of the rows
ORIGINS = (0.40, 0.35, 0.25)
OFFSETS = np.array([-0.3, 0.0, 0.3, -0.6, 0.6])  # of the carriers' signal: each has a rate of its own
LARGE = 2_000_000  # rows: what they say is taken for the truth


@dataclass(frozen=True)
class Rows:
    """labels, base, head: (rows,); carrier, origin, day: (rows,), codes."""

    labels: Array
    base: Array
    head: Array
    carrier: Array
    origin: Array
    day: Array


def binary(
    random: np.random.Generator, rows: int, head_noise: float = NOISE, by_day: bool = False, days: int = DAYS
) -> Rows:
    """Probabilities of two models; by_day: rows of a day are alike, and so are a model's errors."""
    signal, log_odds, columns = _truth(random, rows, by_day, days)
    labels = (random.random(rows) < _logistic(log_odds)).astype(float)
    sides = (
        _probabilities(signal + noise * _normal(random, columns["day"], 0.15 * by_day), noise)
        for noise in (NOISE, head_noise)
    )
    return Rows(labels, *sides, **columns)


def regression(random: np.random.Generator, rows: int) -> Rows:
    """Minutes of delay of two equally good models, with the flights' skewed residuals."""
    signal, _, columns = _truth(random, rows, False)
    residuals = 44 * (random.gamma(1.93, size=rows) - 1.93) / np.sqrt(1.93)
    base, head = (26 * signal + 5 * random.normal(size=rows) for _ in range(2))
    return Rows(26 * signal + residuals, base, head, **columns)


@cache
def noise_of_loss(loss: float) -> float:
    """The noise at which a model's area under the ROC curve is by `loss` smaller than at NOISE."""
    random = np.random.default_rng(0)
    signal, log_odds, _ = _truth(random, LARGE, False)
    positive, own = _logistic(log_odds), random.normal(size=LARGE)
    target = _area(signal + NOISE * own, positive) - loss
    low, high = NOISE, 4 * NOISE
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if _area(signal + middle * own, positive) > target else (low, middle)
    return high


def _truth(random: np.random.Generator, rows: int, by_day: bool, days: int = DAYS) -> tuple[Array, Array, dict]:
    """What a model can see of each row, the log-odds (a part of which no model sees), and the rows' columns."""
    carrier = random.choice(len(CARRIERS), rows, p=CARRIERS)
    origin = random.choice(len(ORIGINS), rows, p=ORIGINS)
    day = random.integers(0, days, rows)
    signal = OFFSETS[carrier] + _normal(random, day, 0.3 * by_day)
    log_odds = -1.05 + 1.15 * signal + 0.7 * _normal(random, day, 0.3 * by_day)
    return signal, log_odds, {"carrier": carrier, "origin": origin, "day": day}


def _normal(random: np.random.Generator, day: Array, share: float) -> Array:
    """(rows,) of variance 1, of which days share so much."""
    own = random.normal(size=len(day))
    return np.sqrt(1 - share) * own + np.sqrt(share) * random.normal(size=day.max() + 1)[day] if share else own


def _probabilities(seen: Array, noise: float) -> Array:
    """Calibrated: a model knows how noisy it is."""
    intercept, slope = _calibration(noise)
    return _logistic(intercept + slope * seen)


@cache
def _calibration(noise: float) -> tuple[float, float]:
    """Intercept and slope of the log-odds in what a model of this noise sees, by Newton's method."""
    random = np.random.default_rng(1)
    signal, log_odds, _ = _truth(random, LARGE // 4, False)
    seen = np.column_stack([np.ones(len(signal)), signal + noise * random.normal(size=len(signal))])
    found = np.array([-1.0, 1.0])
    for _ in range(6):
        fitted = _logistic(seen @ found)
        curvature = seen.T @ (seen * (fitted * (1 - fitted))[:, None])
        found = found + np.linalg.solve(curvature, seen.T @ (_logistic(log_odds) - fitted))
    return float(found[0]), float(found[1])


def _logistic(log_odds: Array) -> Array:
    return 1 / (1 + np.exp(-log_odds))


def _area(scores: Array, positive: Array) -> float:
    """The area under the ROC curve where a row is positive with a probability (rows,)."""
    positive = positive[np.argsort(scores)]
    below = np.cumsum(1 - positive)
    return float(positive @ below / (positive.sum() * below[-1]))
