"""Few units need wider intervals; several metrics need a loss that holds for all of them at once."""

import numpy as np
import pytest
from scipy.stats import norm, t

from mlgitops.compare.intervals import estimates, expanded, joint


@pytest.mark.parametrize("units", [3, 5, 30])
def test_a_percentile_of_few_units_is_as_far_out_as_students(units):
    tail = expanded(0.025, units)
    assert norm.ppf(1 - tail) == pytest.approx(t.ppf(0.975, units - 1) * np.sqrt(units / (units - 1)))


def test_of_many_units_nothing_changes():
    assert expanded(0.025, 400) == pytest.approx(0.025, abs=0.0005)
    assert expanded(0.025, 1_000_000) == pytest.approx(0.025, abs=1e-6)


def test_one_unit_is_no_error():
    assert 0 < expanded(0.025, 1) < 0.001


def test_one_metric_is_judged_by_its_own_interval():
    assert joint(np.random.default_rng(0).normal(size=(2000, 1)), 0.025) == 0.025


def test_metrics_that_agree_are_as_one():
    drawn = np.random.default_rng(0).normal(size=(2000, 1))
    assert joint(drawn * [1, 5, -2], 0.025) == pytest.approx(0.025, abs=0.0005)


def test_independent_metrics_share_the_error_as_sidak_has_it():
    tail = joint(np.random.default_rng(0).normal(size=(100_000, 3)), 0.025)
    assert 2 * tail == pytest.approx(1 - 0.95 ** (1 / 3), rel=0.05)


def test_metrics_that_do_not_move_or_are_not_defined_need_nothing():
    drawn = np.random.default_rng(0).normal(size=(2000, 1))
    more = np.column_stack([drawn, np.zeros(2000), np.full(2000, np.nan), np.where(drawn[:, 0] > 0, 0.0, np.nan)])
    assert joint(more, 0.025) == pytest.approx(0.025, abs=0.0005)


def test_a_loss_is_sure_by_all_gated_metrics_and_by_no_other():
    """The first metric lies 2.1 standard errors below zero: enough alone, too little among ten."""
    random = np.random.default_rng(1)
    deltas = random.normal(size=(4000, 10)) - np.where(np.arange(10) == 0, 2.1, 0)
    drawn = np.stack([np.zeros_like(deltas), deltas], axis=1)
    values = np.stack([np.zeros(10), deltas.mean(axis=0)])
    among = estimates(values, drawn, 0.95, 10_000)[0]
    alone = estimates(values, drawn, 0.95, 10_000, [True] + [False] * 9)[0]
    assert among.high == alone.high < 0
    assert alone.is_sure and not among.is_sure
