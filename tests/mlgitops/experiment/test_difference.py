"""The interval between two arms is that of plain loops over their units; classes are not kept apart."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from calibrate import world
from mlgitops.compare.gates import Gates, parse
from mlgitops.experiment import difference
from mlgitops.experiment.arm import Arm
from mlgitops.experiment.difference import codes, independent, paired
from tests.mlgitops.experiment.traffic import GATES, NEW, OLD

UNITS = 120
REGRESSION = b"""\
name: delay-minutes
model: models/delay-minutes
predictions: reports/predictions.parquet
task: regression
metrics: {rmse: {role: primary, margin: 0.3}}
"""


@pytest.fixture(scope="module")
def gates() -> Gates:
    return parse(GATES.replace("draws: 400", "draws: 2000").encode())


@pytest.fixture(scope="module")
def rows() -> world.Rows:
    return world.binary(np.random.default_rng(0), 1500, world.NOISE, True, UNITS)


def arm(model: str, rows: world.Rows, scores: np.ndarray, chosen: np.ndarray | slice = slice(None)) -> Arm:
    return Arm(model, np.ones(len(scores[chosen]), bool), rows.labels[chosen], scores[chosen], rows.day[chosen])


def sides(rows: world.Rows) -> tuple[Arm, Arm]:
    is_new = rows.day % 3 == 0
    return arm(OLD, rows, rows.base, ~is_new), arm(NEW, rows, rows.head, is_new)


def drawn(random: np.random.Generator, one: Arm) -> np.ndarray:
    """Rows of as many units as there are, drawn with replacement."""
    units = np.unique(one.units)
    return np.concatenate([np.flatnonzero(one.units == unit) for unit in random.choice(units, len(units))])


@pytest.mark.slow
def test_independent_arms_are_drawn_each_on_its_own_by_their_units(gates: Gates, rows: world.Rows):
    random, pair = np.random.default_rng(1), sides(rows)
    deltas, losses = [], []
    for _ in range(1500):
        chosen = [(one.labels[at], one.scores[at]) for one in pair for at in [drawn(random, one)]]
        base, head = (roc_auc_score(*each) for each in chosen)
        deltas.append(head - base)
        base, head = (-np.log(np.where(labels == 1, scores, 1 - scores)).mean() for labels, scores in chosen)
        losses.append(head - base)
    found = {metric.name: metric for metric in independent(gates, *pair, Path())}
    for name, plain in (("roc_auc", deltas), ("log_loss", losses)):
        low, high = np.quantile(plain, [0.025, 0.975])
        spread = np.std(plain)
        assert found[name].low == pytest.approx(low, abs=0.25 * spread)  # Student's, of the 40 units of the smaller arm
        assert found[name].high == pytest.approx(high, abs=0.25 * spread)


def test_the_values_are_those_of_each_arms_rows(gates: Gates, rows: world.Rows):
    base, head = sides(rows)
    found = independent(gates, base, head, Path())[0]
    expected = [roc_auc_score(one.labels, one.scores) for one in (base, head)]
    assert [found.base, found.head] == pytest.approx(expected) and found.floor is None


def test_how_many_positives_an_arm_met_is_chance_too(gates: Gates):
    """A score that says nothing: its log loss differs by the classes that were met, and the interval knows."""
    random = np.random.default_rng(4)
    labels = (random.random(2000) < 0.3).astype(float)
    halves = [Arm(name, np.ones(1000, bool), half, np.full(1000, 0.1), np.arange(1000))
              for name, half in ((OLD, labels[:1000]), (NEW, labels[1000:]))]  # fmt: skip
    found = next(metric for metric in independent(gates, *halves, Path()) if metric.name == "log_loss")
    error = np.sqrt(2 * 0.3 * 0.7 / 1000) * (np.log(0.9) - np.log(0.1))
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.1)


def test_a_pair_is_measured_on_the_same_draws(gates: Gates, rows: world.Rows):
    pair = arm(OLD, rows, rows.base), arm(NEW, rows, rows.head)
    same, apart = (measure(gates, *pair, Path())[0] for measure in (paired, independent))
    assert same.delta == pytest.approx(apart.delta)
    assert same.high - same.low < 0.5 * (apart.high - apart.low)


def test_the_same_seed_gives_the_same_intervals(gates: Gates, rows: world.Rows):
    assert independent(gates, *sides(rows), Path()) == independent(gates, *sides(rows), Path())


def test_rows_are_drawn_alone_only_where_each_is_a_unit(rows: world.Rows):
    one = arm(OLD, rows, rows.base)
    assert codes(one, 0).max() + 1 == UNITS
    assert codes(Arm(OLD, one.known, one.labels, one.scores, np.arange(1500)), 0) is None


def test_of_very_many_rows_random_groups_of_units_tell_the_same(monkeypatch, gates: Gates):
    rows = world.binary(np.random.default_rng(3), 20_000, world.NOISE, True, 4000)
    by_unit = independent(gates, *sides(rows), Path())
    monkeypatch.setattr(difference, "MOST_ROWS", 1000)
    one = arm(OLD, rows, rows.base)
    groups = codes(one, 0)
    assert groups.max() + 1 == 128 and all(len(set(groups[rows.day == unit])) == 1 for unit in range(20))
    for slow, quick in zip(by_unit, independent(gates, *sides(rows), Path()), strict=True):
        assert quick.base == pytest.approx(slow.base) and quick.delta == pytest.approx(slow.delta)
        if slow.name != "ece":
            assert quick.high - quick.low == pytest.approx(slow.high - slow.low, rel=0.25)


def test_a_function_of_the_teams_own_is_measured_too(tmp_path: Path, rows: world.Rows, monkeypatch):
    (tmp_path / "ours.py").write_text("def gap(y_true, y_score):\n    return abs(y_true.mean() - y_score.mean())\n")
    gap = "\n  gap: {role: guardrail, margin: 0.5, function: 'ours:gap', direction: lower}\n  f1:"
    gates = parse(GATES.replace("\n  f1:", gap).encode())
    base, head = sides(rows)
    found = {metric.name: metric for metric in independent(gates, base, head, tmp_path)}["gap"]
    assert found.head == pytest.approx(abs(head.labels.mean() - head.scores.mean()))
    assert found.low < found.delta < found.high and found.result == "within-margin"


def test_numbers_are_compared_in_their_own_unit():
    """Minutes: the error of each arm is known from its residuals."""
    random = np.random.default_rng(6)
    gates = parse(REGRESSION)
    minutes = random.normal(size=4000) * 30
    residuals = random.normal(size=4000) * np.repeat([10.0, 12.0], 2000)
    base, head = (
        Arm(name, np.ones(2000, bool), minutes[half], (minutes + residuals)[half], np.arange(2000))
        for name, half in ((OLD, slice(0, 2000)), (NEW, slice(2000, 4000)))
    )
    (found,) = independent(gates, base, head, Path())
    assert (found.base, found.head) == pytest.approx((10, 12), rel=0.05) and found.result == "worse"
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * np.sqrt((100 + 144) / 4000), rel=0.1)
