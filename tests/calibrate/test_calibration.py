"""A small `make calibrate`: figures that a wrong interval or a wrong rule would not give."""

import pytest

from calibrate import comparison
from calibrate.comparison import Case, run
from mlgitops.compare import intervals


def failed(outcomes: list) -> float:
    return sum(outcome.verdict == "do-not-merge" for outcome in outcomes) / len(outcomes)


@pytest.fixture(scope="module")
def equal() -> list:
    return run(Case(400), range(100))


def test_equally_good_models_rarely_fail(equal):
    assert failed(equal) <= 0.10


def test_intervals_hold_the_truth_about_as_often_as_they_say(equal):
    for name in ("roc_auc", "log_loss", "brier"):
        assert 0.88 <= sum(outcome.covers[name] for outcome in equal) / len(equal) <= 0.99


def test_intervals_that_are_too_narrow_are_found_out(monkeypatch):
    monkeypatch.setattr(intervals, "expanded", lambda tail, units: 0.15)
    found = run(Case(400), range(60))
    assert sum(outcome.covers["brier"] for outcome in found) / len(found) < 0.88


def test_a_metric_judged_on_its_own_fails_more_often():
    found = run(Case(400, all_gated=True), range(60))
    assert sum(bool(outcome.alone) for outcome in found) > sum(bool(outcome.worse) for outcome in found)


def test_losses_of_two_margins_are_caught(monkeypatch):
    monkeypatch.setattr(comparison.world, "noise_of_loss", lambda loss: 0.383)
    monkeypatch.setattr(comparison, "_truth", lambda task, is_loss: dict.fromkeys(comparison._gates(task).metrics, 0.0))
    assert failed(run(Case(10_000, is_loss=True), range(4))) >= 0.75


def test_the_same_numbers_give_the_same_outcomes(equal):
    assert run(Case(400), range(3)) == equal[:3]
