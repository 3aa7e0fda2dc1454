"""The simulated models are as alike, as good and as noisy as it is said that they are."""

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from calibrate import world


def log_odds(scores: np.ndarray) -> np.ndarray:
    return np.log(scores / (1 - scores))


@pytest.fixture(scope="module")
def equal() -> world.Rows:
    return world.binary(np.random.default_rng(0), 300_000)


def test_equally_good_models_are_as_good_as_those_of_the_example(equal):
    areas = [roc_auc_score(equal.labels, side) for side in (equal.base, equal.head)]
    assert areas == pytest.approx([0.755, 0.755], abs=0.005)
    assert abs(areas[0] - areas[1]) < 0.002
    assert equal.labels.mean() == pytest.approx(0.30, abs=0.01)


def test_their_log_odds_spread_and_correlate_as_in_the_example(equal):
    base, head = log_odds(equal.base), log_odds(equal.head)
    assert np.corrcoef(base, head)[0, 1] == pytest.approx(0.95, abs=0.01)
    assert base.std() == pytest.approx(1.1, abs=0.05)


def test_probabilities_are_calibrated(equal):
    own = log_loss(equal.labels, equal.base)
    for factor in (0.9, 1.1):
        assert own < log_loss(equal.labels, 1 / (1 + np.exp(-log_odds(equal.base) * factor)))


def test_rows_of_a_day_are_alike_and_so_are_the_errors_of_a_model():
    found = world.binary(np.random.default_rng(1), 60_000, by_day=True)
    differences = log_odds(found.base) - log_odds(found.head)
    share = np.var([differences[found.day == day].mean() for day in range(world.DAYS)]) / differences.var()
    assert 0.05 < share < 0.3
    assert np.std([found.labels[found.day == day].mean() for day in range(world.DAYS)]) > 0.08


def test_residuals_of_the_regression_are_those_of_the_example():
    found = world.regression(np.random.default_rng(2), 300_000)
    residuals = found.labels - found.base
    standard = (residuals - residuals.mean()) / residuals.std()
    assert residuals.std() == pytest.approx(44, abs=1)
    assert (standard**3).mean() == pytest.approx(1.4, abs=0.1) and (standard**4).mean() == pytest.approx(6.1, abs=0.5)
    assert np.corrcoef(found.base, found.head)[0, 1] == pytest.approx(0.96, abs=0.01)


@pytest.mark.slow
def test_a_loss_of_two_margins_is_one():
    random, noise = np.random.default_rng(3), world.noise_of_loss(0.010)
    found = world.binary(random, 2_000_000, noise)
    areas = [roc_auc_score(found.labels, side) for side in (found.base, found.head)]
    assert areas[0] - areas[1] == pytest.approx(0.010, abs=0.0006)
