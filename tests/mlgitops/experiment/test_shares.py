"""A wrong share is noticed, a fair one is not, and units count, not their rows."""

import numpy as np
import pytest
from scipy.stats import chisquare

from mlgitops.experiment.arm import Arm
from mlgitops.experiment.shares import feedback_differs, mismatch


def test_the_test_is_the_usual_one():
    assert mismatch([905, 95], [90, 10]) == pytest.approx(chisquare([905, 95], [900, 100]).pvalue)
    assert mismatch([500, 300, 200], [50, 30, 20]) == 1


def test_a_fair_share_is_an_alarm_as_rarely_as_it_says():
    random = np.random.default_rng(0)
    found = [mismatch([n, 2000 - n], [90, 10]) for n in random.binomial(2000, 0.9, 4000)]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.012)


def arm(random: np.random.Generator, share: float, units: int = 500) -> Arm:
    """Units of twenty rows, whose truths come in for all or for none."""
    known = (random.random(units) < share).repeat(20)
    return Arm("m", known, np.zeros(known.sum()), np.zeros(known.sum()), np.arange(units).repeat(20))


def test_feedback_by_units_is_no_alarm_where_rows_would_be():
    random = np.random.default_rng(0)
    assert not any(feedback_differs(arm(random, 0.5), arm(random, 0.5)) for _ in range(200))
    assert feedback_differs(arm(random, 0.5), arm(random, 0.7))


def test_all_or_no_feedback_is_no_difference():
    full = arm(np.random.default_rng(0), 1.1)
    empty = Arm("m", np.zeros(0, bool), np.zeros(0), np.zeros(0), np.zeros(0, int))
    assert not feedback_differs(full, full) and not feedback_differs(full, empty)
