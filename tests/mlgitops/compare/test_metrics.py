"""Every metric, weighted by how often its rows were drawn, is scikit-learn's on the rows so repeated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from mlgitops.compare.bootstrap import Model
from mlgitops.compare.metrics import METRICS

BINARY = {
    "roc_auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "log_loss": lambda y, p: sk.log_loss(y, p, labels=[0, 1]),
    "brier": sk.brier_score_loss,
    "f1": lambda y, p: sk.f1_score(y, p >= 0.5, zero_division=0),
    "precision": lambda y, p: sk.precision_score(y, p >= 0.5, zero_division=0),
    "recall": lambda y, p: sk.recall_score(y, p >= 0.5, zero_division=0),
    "ece": lambda y, p: _calibration(y, p),
}
REGRESSION = {
    "rmse": sk.root_mean_squared_error,
    "mae": sk.mean_absolute_error,
    "medae": sk.median_absolute_error,
    "r2": sk.r2_score,
}


def _calibration(labels: np.ndarray, scores: np.ndarray) -> float:
    bins = np.minimum((scores * 10).astype(int), 9)
    gaps = [
        (bins == k).mean() * abs(labels[bins == k].mean() - scores[bins == k].mean()) for k in range(10) if k in bins
    ]
    return sum(gaps)


@st.composite
def drawn_rows(draw):
    """Few distinct scores, so that ties are common, and counts as a draw gives them."""
    size = draw(st.integers(4, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    levels = draw(st.sampled_from([2, 3, 8, 1000]))
    counts = random.multinomial(size, np.full(size, 1 / size))
    return random, size, levels, np.maximum(counts, np.arange(size) < 4)


@settings(max_examples=60, deadline=None)
@given(drawn_rows())
def test_binary_metrics_are_those_of_scikit_learn(rows):
    random, size, levels, counts = rows
    labels = np.concatenate([[0, 1, 0, 1], random.integers(0, 2, size - 4)]).astype(float)
    scores = random.integers(0, levels, size) / (levels - 1)
    values = Model([METRICS[name] for name in BINARY], labels, scores, 0.5).values(counts[None])[0]
    for (name, reference), value in zip(BINARY.items(), values, strict=True):
        assert value == pytest.approx(reference(labels.repeat(counts), scores.repeat(counts)), abs=1e-9), name


@settings(max_examples=60, deadline=None)
@given(drawn_rows())
def test_regression_metrics_are_those_of_scikit_learn(rows):
    random, size, levels, counts = rows
    labels = np.concatenate([[0, 9], random.integers(0, levels, size - 2)]) + 1000.0
    scores = labels + random.normal(size=size).round(1)
    values = Model([METRICS[name] for name in REGRESSION], labels, scores, 0.5).values(counts[None])[0]
    for (name, reference), value in zip(REGRESSION.items(), values, strict=True):
        assert value == pytest.approx(reference(labels.repeat(counts), scores.repeat(counts)), abs=1e-7), name


def test_every_metric_has_a_reference_here():
    assert {*BINARY, *REGRESSION} == set(METRICS)


def test_scores_of_zero_and_one_cost_much_but_not_everything():
    model = Model([METRICS["log_loss"]], np.array([0.0, 1.0]), np.array([1.0, 0.0]), 0.5)
    assert 36 < model.values(np.ones((1, 2), dtype=int))[0, 0] < 37
