"""Curves are those of scikit-learn at a few places; what can't be drawn honestly is left out."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve, roc_curve

from mlgitops.compare.curves import curves
from tests.mlgitops.compare.sides import aligned


def scored(share: float, rows: int = 3000, levels: int = 10**6):
    """Labels with a share of positives, and the scores of two models."""
    random = np.random.default_rng(round(share * 100))
    labels = (random.random(rows) < share).astype(int)
    noises = (random.normal(size=rows) * width for width in (1.5, 1.0))
    return labels, *(np.round(levels / (1 + np.exp(-(labels * 2 - 1 + noise)))) / levels for noise in noises)


def test_reliability_is_the_observed_rate_of_bins_of_equal_width():
    labels, _, head = scored(0.4)
    found = curves(aligned(labels, head, head), "binary")[0]
    rates, means = calibration_curve(labels, head, n_bins=10)
    assert found.kind == "reliability"
    assert found.x == pytest.approx(means) and found.base == found.head == pytest.approx(rates)


def test_a_bin_that_one_model_hardly_uses_is_drawn_for_neither():
    labels = np.tile([0, 1], 100)
    base = np.repeat([0.15, 0.45, 0.95, 0.75], [100, 60, 31, 9])
    head = np.repeat([0.11, 0.41, 0.75, 0.95], [100, 60, 31, 9])
    found = curves(aligned(labels, base, head), "binary")[0]
    assert found.x == pytest.approx([0.13, 0.43]) and found.head == [0.5, 0.5]


@pytest.mark.parametrize("levels", [20, 10**6])
def test_where_positives_are_rare_precision_is_drawn_over_recall(levels):
    labels, base, head = scored(0.1, levels=levels)
    found = curves(aligned(labels, base, head), "binary")[1]
    assert found.kind == "precision-recall" and found.x == pytest.approx(np.arange(1, 11) / 10)
    for scores, side in ((base, found.base), (head, found.head)):
        precision, recall, _ = precision_recall_curve(labels, scores)
        assert side == pytest.approx([precision[recall >= r - 1e-9].max() for r in found.x])


@pytest.mark.parametrize("levels", [20, 10**6])
def test_where_classes_are_balanced_the_true_positive_rate_is_drawn_over_the_false(levels):
    labels, base, head = scored(0.5, levels=levels)
    found = curves(aligned(labels, base, head), "binary")[1]
    assert found.kind == "roc" and found.head[-1] == 1
    false, true, _ = roc_curve(labels, head, drop_intermediate=False)
    assert found.head == pytest.approx(np.interp(found.x, false, true))
    assert np.mean(found.head) > np.mean(found.base)


def test_of_several_classes_the_likeliest_is_as_often_right_as_it_says():
    random = np.random.default_rng(0)
    head = random.dirichlet([0.5] * 4, 40_000)
    labels = (random.random((40_000, 1)) > head.cumsum(axis=1)).sum(axis=1)
    base = head**2 / (head**2).sum(axis=1, keepdims=True)
    (found,) = curves(aligned(labels, base, head, list("abcd")), "multiclass")
    assert found.kind == "reliability" and min(found.x) > 0.25
    assert found.head == pytest.approx(found.x, abs=0.05)
    assert (np.array(found.base) < np.array(found.x) - 0.02).all()


def test_residuals_are_means_in_the_order_of_each_models_own_predictions():
    random = np.random.default_rng(1)
    labels = random.normal(size=1000)
    (found,) = curves(aligned(labels, labels + 1, labels * 2), "regression")
    assert (found.kind, found.x) == ("residuals", pytest.approx(np.arange(0.05, 1, 0.1)))
    assert found.base == pytest.approx([1] * 10)
    assert found.head == pytest.approx(np.sort(labels).reshape(10, 100).mean(axis=1))


@pytest.mark.parametrize(
    ("task", "labels", "scores", "kinds"),
    [
        ("regression", np.arange(99), np.arange(99), []),
        ("binary", [0, 1] * 50, [0.5] * 100, ["roc"]),
        ("binary", [0] * 100, np.linspace(0, 1, 100), ["reliability"]),
        ("binary", [0, 1], [0.1, 0.9], ["roc"]),
        ("multiclass", [0, 1] * 50, [[0.5, 0.5]] * 100, []),
    ],
)
def test_what_can_not_be_drawn_is_left_out(task, labels, scores, kinds):
    classes = ["a", "b"] if task == "multiclass" else None
    assert [curve.kind for curve in curves(aligned(labels, scores, scores, classes), task)] == kinds
