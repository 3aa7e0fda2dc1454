"""Experiments on live traffic: intervals hold what they say, equal versions are rarely worse, true losses are found."""

import pytest

from calibrate import live
from calibrate.live import Live, run
from mlgitops.experiment import difference


def covered(found: list, name: str) -> float:
    return sum(outcome.covers[name] for outcome in found) / len(found)


@pytest.mark.slow
@pytest.mark.parametrize("case", [Live(4_000, 800, weight=20), Live(3_000, 600, weight=0)], ids=["routes", "shadow"])
def test_intervals_hold_the_truth_about_as_often_as_they_say(case: Live):
    found = run(case, range(120))
    for name in ("roc_auc", "log_loss", "brier"):
        assert 0.89 <= covered(found, name) <= 0.99
    assert sum(outcome.verdict == "worse" for outcome in found) <= 9


@pytest.mark.slow
def test_random_groups_of_many_units_hold_it_as_well(monkeypatch):
    monkeypatch.setattr(difference, "MOST_ROWS", 1000)
    found = run(Live(4_000, 800, weight=50), range(120))
    for name in ("roc_auc", "log_loss", "brier"):
        assert 0.89 <= covered(found, name) <= 0.99


@pytest.mark.slow
def test_rows_drawn_one_by_one_would_not(monkeypatch):
    """What the units are for: a unit's rows are alike."""
    monkeypatch.setattr(difference, "codes", lambda arm, seed: None)
    found = run(Live(4_000, 40, weight=50), range(60))
    assert covered(found, "log_loss") < 0.85


@pytest.mark.slow
def test_a_true_loss_is_found_by_a_shadow(monkeypatch):
    monkeypatch.setattr(live.world, "noise_of_loss", lambda loss: 0.383)
    found = run(Live(10_000, 1_000, weight=0, is_loss=True), range(6))
    assert sum(outcome.verdict == "worse" for outcome in found) >= 5


@pytest.mark.slow
def test_many_looks_find_more_that_is_not_there():
    once, often = (run(Live(2_000, 400, weight=50, looks=looks), range(60)) for looks in (1, 8))
    assert sum(outcome.verdict != "not-sure" for outcome in often) > sum(o.verdict != "not-sure" for o in once)
