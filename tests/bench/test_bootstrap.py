"""The bootstraps that are timed side by side measure the same things."""

import numpy as np
import pytest

from bench import bootstrap
from mlgitops.compare.bootstrap import Model
from mlgitops.compare.metrics import DEFAULTS, METRICS


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "DRAWS", 300)


@pytest.mark.parametrize("how", bootstrap.HOWS)
def test_each_makes_its_draws_and_says_how_many(how, few):
    made = bootstrap.HOWS[how](*bootstrap.simulated(500), bootstrap.VECTORIZED)
    assert made == (bootstrap.LOOPED if how == "scikit-learn" else 300)


def test_the_six_are_known_to_all():
    labels, base, _ = bootstrap.simulated(500)
    six = [METRICS["binary"][name] for name in bootstrap.SIX]
    values = Model(six, labels, base, DEFAULTS).values(np.ones((1, 500), dtype=int))
    assert np.isfinite(values).all() and set(bootstrap.VECTORIZED) < set(bootstrap.SIX)
