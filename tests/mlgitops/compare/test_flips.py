"""Rows fixed and broken, and the exact test of whether that was chance."""

import numpy as np
import pytest
from scipy.stats import binomtest

from mlgitops.compare.flips import flips
from tests.mlgitops.compare.sides import aligned


def test_of_two_classes_a_row_flips_at_the_threshold():
    found = flips(aligned([1, 1, 0, 0, 0], [0.2, 0.9, 0.7, 0.1, 0.6], [0.5, 0.4, 0.2, 0.1, 0.7]), 0.5, "binary")
    assert (found.kind, found.fixed, found.broken) == ("class", 2, 1)
    assert found.p == pytest.approx(binomtest(1, 3).pvalue)


def test_of_several_classes_the_likeliest_is_right_or_wrong():
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 400)
    base, head = (random.dirichlet([1, 1, 1], 400) + np.eye(3)[labels] * pull for pull in (0.1, 0.3))
    found = flips(aligned(labels, base, head, ["a", "b", "c"]), 0.5, "multiclass")
    was, now = (side.argmax(axis=1) == labels for side in (base, head))
    assert (found.fixed, found.broken) == ((now & ~was).sum(), (was & ~now).sum())
    assert found.p == pytest.approx(binomtest(found.fixed, found.fixed + found.broken).pvalue)
    assert found.p < 0.01


def test_of_numbers_the_absolute_error_falls_or_rises_and_ties_are_left_out():
    found = flips(aligned([5.0, 5.0, 5.0, 5.0], [4.0, 3.0, 5.0, 1.0], [5.5, 7.0, 6.0, 3.0]), 0.5, "regression")
    assert (found.kind, found.fixed, found.broken, found.p) == ("error", 2, 1, 1.0)


def test_where_no_row_flips_there_is_nothing_to_doubt():
    found = flips(aligned([0, 1], [0.1, 0.9], [0.2, 0.8]), 0.5, "binary")
    assert (found.fixed, found.broken, found.p) == (0, 0, 1.0)
