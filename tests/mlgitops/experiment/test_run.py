"""What is said of versions whose truth is known, from real log files to a verdict."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from mlgitops.errors import CannotCheck
from mlgitops.experiment.result import Comparison, Experiment
from mlgitops.experiment.run import experiment
from tests.mlgitops.experiment.traffic import GATES, NAME, NEW, NEWER, NOISY, OLD, Traffic, files

HALF = {OLD: 50, NEW: 50}


@pytest.fixture
def run(traffic: Traffic, gates: list[Path], tmp_path: Path):
    return lambda: experiment(traffic.place, NAME, gates, tmp_path)


def only(found: Experiment) -> Comparison:
    (one,) = found.comparisons
    return one


def results(found: Experiment) -> dict[str, str]:
    return {metric.name: metric.result for metric in only(found).metrics}


def test_an_equally_good_version_is_no_worse(traffic: Traffic, run):
    traffic.deploy(HALF)
    traffic.meet(20_000)
    found = run()
    one = only(found)
    assert one.verdict == "no-worse" and found.exit_code == 0 and one.more is None
    assert (one.base.model, one.head.model, one.base.weight) == (OLD, NEW, 50)
    assert one.base.rows + one.head.rows == 20_000 and 3900 < one.base.units + one.head.units <= 4000
    for metric in one.metrics:
        assert metric.low < metric.delta < metric.high
        assert metric.base_low < metric.base < metric.base_high and metric.head_low < metric.head < metric.head_high


def test_a_better_one_is_better_and_a_worse_one_worse(traffic: Traffic, run):
    traffic.deploy({NEW: 50, OLD: 50})  # the noisy one is the champion
    traffic.meet(20_000, noise=NOISY)
    found = run()
    assert only(found).verdict == "better" and found.exit_code == 0
    assert "`roc_auc` better by" in only(found).why
    traffic.deploy(HALF)
    traffic.meet(20_000, noise=NOISY, seed=1)
    found = run()
    assert only(found).verdict == "worse" and found.exit_code == 1
    assert results(found)["roc_auc"] == "worse" and "`roc_auc` is worse by" in only(found).why


def width(found: Experiment, name: str) -> float:
    """Half of an interval, in margins."""
    return next((m.high - m.low) / 2 / m.margin for m in only(found).metrics if m.name == name)


def test_few_rows_leave_it_open_and_say_how_many_more_it_takes(traffic: Traffic, run):
    traffic.deploy(HALF)
    traffic.meet(1000, seconds=86_400, seed=1)
    found = run()
    one = only(found)
    assert one.verdict == "not-sure" and found.exit_code == 2
    widest = max(width(found, name) for name, result in results(found).items() if result == "inconclusive")
    assert one.more.rows == pytest.approx((widest**2 - 1) * 1000, rel=0.01)
    assert one.more.units == pytest.approx(one.more.rows / 5, rel=0.05)
    assert one.more.days == pytest.approx(one.more.rows / 1000, rel=0.02)


def test_that_many_more_rows_are_about_enough(traffic: Traffic, run):
    traffic.deploy(HALF)
    traffic.meet(2000, seed=1)
    first = run()
    name = max((name for name, result in results(first).items() if result == "inconclusive"), key=partial(width, first))
    traffic.meet(only(first).more.rows, seed=2)
    assert width(first, name) > 1.3 and width(run(), name) == pytest.approx(1, abs=0.15)


def test_too_few_for_any_interval_measure_nothing(traffic: Traffic, run):
    traffic.deploy({OLD: 90, NEW: 10})
    traffic.meet(300, weight=10)
    one = only(run())
    assert one.verdict == "not-sure" and not one.metrics
    assert one.why == "Each version needs 60 rows whose truth is known, 30 of each class, from 10 units"
    assert one.more.rows > 300


def test_a_smaller_arm_is_not_called_badly_calibrated(traffic: Traffic, run):
    """The calibration error of few rows is larger: gated by a hair, it still decides nothing between arms."""
    traffic.deploy({OLD: 90, NEW: 10})
    traffic.meet(20_000, weight=10)
    assert results(run())["ece"] == "info"


def test_a_wrong_share_is_not_comparable(traffic: Traffic, run):
    traffic.deploy(HALF)
    traffic.meet(20_000, weight=45)
    found = run()
    assert only(found).verdict == "not-comparable" and found.exit_code == 2
    assert only(found).mismatch < 0.001 and "p < 0.001" in only(found).why


def test_feedback_that_differs_is_a_warning(traffic: Traffic, run):
    traffic.deploy(HALF)
    traffic.meet(20_000, told=(0.9, 0.8))
    one = only(run())
    assert len(one.warnings) == 1
    assert (one.base.feedback, one.head.feedback) == pytest.approx((0.8, 0.9), abs=0.02)


def test_feedback_that_is_missing_alike_is_none(traffic: Traffic, run):
    traffic.deploy(HALF)
    traffic.meet(20_000, told=(0.5, 0.5))
    assert not only(run()).warnings


def test_a_shadow_is_compared_on_the_same_rows(traffic: Traffic, run):
    """Paired: a difference that two arms of so many rows could not show."""
    traffic.deploy({OLD: 100}, shadow=[NEWER])
    traffic.shadow(3000, noise=0.8)
    one = only(run())
    assert one.paired and one.verdict == "worse" and one.head.weight is None
    assert one.base.rows == one.head.rows == 3000


def test_each_of_several_is_compared_with_the_first(traffic: Traffic, run):
    traffic.deploy({OLD: 50, NEW: 30, NEWER: 20})
    models = [OLD] * 500 + [NEW] * 300 + [NEWER] * 200
    ids = [f"{number:016x}" for number in range(1000)]
    traffic.answer(ids, models, [0.25, 0.75] * 500, units=ids)
    traffic.tell(ids, [0, 1, 1, 0] * 250)
    found = run()
    assert [(each.base.model, each.head.model) for each in found.comparisons] == [(OLD, NEW), (OLD, NEWER)]
    assert [each.mismatch for each in found.comparisons] == [1, 1]
    assert [each.head.rows for each in found.comparisons] == [300, 200]


def test_rows_before_the_present_weights_are_of_another_experiment(traffic: Traffic, run):
    traffic.deploy({OLD: 90, NEW: 10})
    traffic.meet(5000, weight=10, noise=NOISY, at=datetime.now(UTC) - timedelta(hours=2))
    traffic.deploy(HALF)
    traffic.meet(20_000, seed=1)
    one = only(run())
    assert one.verdict == "no-worse" and one.base.rows + one.head.rows == 20_000


def test_smoke_tests_and_units_that_met_both_are_left_out(traffic: Traffic, run):
    traffic.deploy(HALF)
    traffic.meet(2000)
    ids = [f"{number:016x}" for number in range(10**6, 10**6 + 8)]
    traffic.answer(ids[:4], [OLD, NEW] * 2, [0.5] * 4, units=["smoke-test"] * 4)
    traffic.answer(ids[4:], [OLD, NEW] * 2, [0.5] * 4, units=["both"] * 4)
    found = run()
    assert only(found).base.predictions + only(found).head.predictions == 2000 and found.mixed == 1


def test_a_broken_file_is_skipped_and_counted(traffic: Traffic, run):
    traffic.deploy(HALF)
    traffic.meet(2000)
    traffic.meet(2000, seed=1)
    broken, _ = files(traffic.place)
    broken.write_bytes(broken.read_bytes()[:-100])
    (broken.parent / f".{broken.name}").write_bytes(b"PAR1")  # one that is being written
    found = run()
    assert found.skipped == 1 and only(found).base.predictions + only(found).head.predictions == 2000


def test_what_is_missing_is_said_with_what_to_do(traffic: Traffic, gates: list[Path], run, tmp_path: Path):
    def problem() -> str:
        with pytest.raises(CannotCheck) as raised:
            run()
        return str(raised.value)

    assert "Run this on the machine that serves production" in problem()
    traffic.deploy({OLD: 100})
    assert problem() == f"Only one version answers: {OLD}. Add a route or a shadow in environments/production.yaml"
    traffic.deploy(HALF)
    assert "No prediction is logged" in problem() and f"POST /v1/{NAME}/predict" in problem()
    traffic.answer(["0" * 16], [OLD], [0.5])
    assert "The truth of no prediction is known" in problem() and f"POST /v1/{NAME}/feedback" in problem()
    traffic.tell(["0" * 16], [1.0])
    assert only(run()).verdict == "not-sure"
    gates[0].write_text(GATES.replace("name: late-arrival", "name: other"))
    assert "These gates are not of the model late-arrival" in problem()


def test_an_endpoint_that_does_not_serve_is_answered_with_those_that_do(traffic: Traffic, gates: list[Path]):
    traffic.deploy(HALF)
    with pytest.raises(CannotCheck, match="It serves late-arrival"):
        experiment(traffic.place, "late", gates, Path())
