"""Slices are tested at once, worst first, and small ones not at all."""

import numpy as np

from mlgitops.compare import slices
from mlgitops.compare.gates import parse
from tests.mlgitops.compare.sides import aligned, clustered

GATES = """
name: m
task: {task}
model: models/m
predictions: p.parquet
metrics: {{{metric}: {{role: primary, margin: 0.01}}}}
slices: {{columns: [kind], metric: {metric}, margin: 0.03}}
bootstrap: {{draws: 500{more}}}
"""


def measured(task: str, metric: str, labels, base, head, kinds, **more) -> dict:
    gates = parse(GATES.format(task=task, metric=metric, more=more.pop("settings", "")).encode())
    return {found.value: found for found in slices.measure(gates, aligned(labels, base, head, kind=kinds, **more))}


def test_intervals_of_grouped_slices_hold_the_truth_as_often_as_they_say():
    random = np.random.default_rng(3)
    settings = ", group_by: day"
    missed = 0
    for _ in range(400):
        labels, base, head, codes = clustered(random, 12, 25)
        found = measured("binary", "roc_auc", labels, base, head, ["a"] * 300, day=codes, settings=settings)["a"]
        missed += not found.low < 0 < found.high
    assert 0.025 < missed / 400 < 0.075


def test_a_slice_of_few_groups_is_only_listed():
    labels, base, head, codes = clustered(np.random.default_rng(4), 9, 100)
    for metric in ("roc_auc", "f1"):
        found = measured("binary", metric, labels, base, head, ["a"] * 900, day=codes, settings=", group_by: day")
        assert found["a"].result == "too-few"
        assert measured("binary", metric, labels, base, head, ["a"] * 900)["a"].result != "too-few"


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


def test_slices_of_several_classes_need_rows_and_have_no_positives():
    random = np.random.default_rng(5)
    labels = random.integers(0, 3, 700)
    base = random.dirichlet([1, 1, 1], 700) + np.eye(3)[labels]
    kinds = np.repeat(["broken", "same", "tiny"], [325, 325, 50])
    head = np.where((kinds == "broken")[:, None], base[:, [1, 2, 0]], base)
    gates = parse(GATES.format(task="multiclass", metric="roc_auc_macro", more="").encode())
    found = slices.measure(gates, aligned(labels, base / 2, head / 2, ["x", "y", "z"], kind=kinds))
    assert [(one.value, one.result, one.positives) for one in found] == [
        ("broken", "worse", None),
        ("same", "within-margin", None),
        ("tiny", "too-few", None),
    ]


def test_the_fewest_rows_are_a_setting_of_the_gates():
    labels = np.random.default_rng(6).normal(size=90)
    content = GATES.format(task="regression", metric="mae", more="")
    for fewest, result in ((90, "within-margin"), (91, "too-few")):
        gates = parse(content.replace("margin: 0.03", f"margin: 0.03, min_rows: {fewest}").encode())
        (found,) = slices.measure(gates, aligned(labels, labels, labels, kind=["a"] * 90))
        assert found.result == result
