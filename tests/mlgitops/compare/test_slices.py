"""DeLong's variance is that of its definition; slices are tested at once, and small ones not at all."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from mlgitops.compare import slices
from mlgitops.compare.gates import parse
from mlgitops.compare.predictions import Predictions, align

GATES = """
name: m
task: {task}
model: models/m
predictions: p.parquet
metrics: {{{metric}: {{role: primary, margin: 0.01}}}}
slices: {{columns: [kind], metric: {metric}, margin: 0.03}}
bootstrap: {{draws: 500}}
"""


def table(task: str, labels: np.ndarray, scores: np.ndarray, kinds: list) -> Predictions:
    ids = pa.array([f"{n:06d}" for n in range(len(labels))])
    return Predictions(ids, labels.astype(float), scores, pa.table({"kind": kinds}))


def measured(task: str, metric: str, labels, base, head, kinds) -> dict:
    both = (table(task, labels, scores, kinds) for scores in (base, head))
    gates = parse(GATES.format(task=task, metric=metric).encode())
    return {found.value: found for found in slices.measure(gates, align(*both))}


@pytest.mark.parametrize("levels", [4, 10_000])
def test_delong_is_its_definition_with_ties_too(levels):
    random = np.random.default_rng(levels)
    labels = np.repeat([0.0, 1.0], [60, 40])
    base, head = ((random.random(100) * levels + labels * levels / 5).round() for _ in range(2))

    def placements(scores):
        positives, negatives = scores[labels == 1][:, None], scores[labels == 0][None]
        wins = (positives > negatives) + 0.5 * (positives == negatives)
        return wins.mean(axis=1), wins.mean(axis=0)

    (base10, base01), (head10, head01) = placements(base), placements(head)
    variance = np.var(head10 - base10, ddof=1) / 40 + np.var(head01 - base01, ddof=1) / 60
    expected = (roc_auc_score(labels, base), roc_auc_score(labels, head), np.sqrt(variance))
    assert slices.delong(labels, base, head) == pytest.approx(expected)


def test_a_slice_that_got_worse_is_first_and_small_ones_are_last():
    random = np.random.default_rng(1)
    labels = (random.random(4000) < 0.4).astype(float)
    signal = 1 / (1 + np.exp(-(labels * 2 + random.normal(size=4000))))
    kinds = np.repeat(["same", "broken", "tiny"], [2000, 1950, 50]).tolist()
    head = np.where(np.array(kinds) == "broken", random.random(4000), signal)
    found = measured("binary", "roc_auc", labels, signal, head, kinds)
    assert {name: one.result for name, one in found.items()} == {
        "broken": "worse",
        "same": "within-margin",
        "tiny": "too-few",
    }
    assert list(found) == ["broken", "same", "tiny"]
    assert found["tiny"].delta is None and found["tiny"].rows == 50


def test_intervals_grow_with_the_number_of_slices():
    random = np.random.default_rng(2)
    labels = (random.random(4000) < 0.5).astype(float)
    base, head = (random.random(4000) + labels / 5 for _ in range(2))
    one = measured("binary", "roc_auc", labels, base, head, ["a"] * 4000)["a"]
    rest = random.integers(0, 20, 2000).astype(str).tolist()
    first = measured("binary", "roc_auc", labels[:2000], base[:2000], head[:2000], ["a"] * 2000)["a"]
    among = measured("binary", "roc_auc", labels, base, head, ["a"] * 2000 + rest)["a"]
    assert among.high - among.low > 1.3 * (first.high - first.low) > one.high - one.low


def test_regression_slices_are_bootstrapped_and_missing_values_are_a_slice():
    random = np.random.default_rng(3)
    labels = random.normal(size=1000)
    kinds = ["a"] * 500 + [None] * 500
    head = labels + np.where(np.arange(1000) < 500, 1.0, 3.0)
    found = measured("regression", "rmse", labels, labels + 1.0 + random.normal(size=1000) / 10, head, kinds)
    assert found["(missing)"].result == "worse" and found["(missing)"].positives is None
    assert found["a"].result in ("better", "within-margin")


def test_identical_scores_are_within_any_margin():
    labels = np.repeat([0.0, 1.0], 50)
    scores = np.random.default_rng(4).random(100)
    assert measured("binary", "roc_auc", labels, scores, scores, ["a"] * 100)["a"].result == "within-margin"
