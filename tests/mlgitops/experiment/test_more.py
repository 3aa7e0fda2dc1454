"""How much more it takes, at the edges: where nothing can be said, nothing is."""

import math

import numpy as np
import pytest

from mlgitops.experiment.arm import Arm
from mlgitops.experiment.more import at_rate, growth, missing
from mlgitops.experiment.result import Measured, More


def metric(low: float, high: float, result: str, margin: float = 0.01, role: str = "primary") -> Measured:
    numbers = {"base": 0.7, "head": 0.7 + (low + high) / 2, "delta": (low + high) / 2, "low": low, "high": high}
    return Measured(name="roc_auc", role=role, direction="higher", margin=margin, result=result, **numbers)


def arm(labels: list[float], units: list[int] | None = None) -> Arm:
    many = np.array(labels, dtype=float)
    return Arm("m", np.ones(len(many), bool), many, many, np.array(units or range(len(many))))


@pytest.mark.parametrize(("labels", "factor"), [([1, 0] * 30, 1.0), ([1] * 10 + [0] * 90, 3.0), ([0] * 100, math.inf)])
def test_each_class_needs_its_rows(labels: list[float], factor: float):
    assert growth(arm(labels), "binary") == factor


def test_numbers_need_rows_and_units_alone():
    assert growth(arm([0.5] * 60), "regression") == 1
    assert growth(arm([0.5] * 100, [0] * 50 + [1] * 50), "regression") == 5
    assert growth(arm([]), "regression") == math.inf


def test_half_the_width_takes_four_times_the_rows():
    assert missing([metric(-0.02, 0.02, "inconclusive")]) == pytest.approx(4)


def test_within_the_margin_half_of_it_decides():
    assert missing([metric(-0.012, 0.004, "inconclusive")]) == pytest.approx((0.008 / 0.005) ** 2)


def test_the_metric_that_needs_most_counts_and_information_does_not():
    open_ones = [metric(-0.02, 0.02, "inconclusive"), metric(-0.03, 0.03, "inconclusive", margin=0.03 / 4)]
    noise = metric(-9.0, 9.0, "info", role="info")
    assert missing([*open_ones, noise, metric(0.001, 0.002, "better")]) == pytest.approx(16)


def test_where_it_can_not_be_said_it_is_not():
    assert at_rate(missing([metric(-0.02, 0.02, "inconclusive", margin=0.0)]), 100, 10, 9e4) is None
    lost = Measured(name="roc_auc", role="primary", direction="higher", result="not-finite")
    assert at_rate(missing([lost]), 100, 10, 9e4) is None


def test_a_rate_needs_time():
    assert at_rate(3, 100, 10, 86_400) == More(rows=200, units=20, days=2)
    assert at_rate(3, 100, 10, 60) == More(rows=200, units=20, days=None)
