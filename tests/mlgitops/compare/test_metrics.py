"""Every metric, weighted by how often its rows were drawn, is scikit-learn's on the rows so repeated."""

import re
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk
from sklearn.preprocessing import label_binarize

from mlgitops.compare.bootstrap import Model
from mlgitops.compare.metrics import DEFAULTS, METRICS, Options

CLASSES = 4
OPTIONS = Options(threshold=0.4, quantile=0.8)


def _calibration(right: np.ndarray, scores: np.ndarray) -> float:
    bins = np.minimum((scores * 10).astype(int), 9)
    gaps = [
        (bins == k).mean() * abs(right[bins == k].mean() - scores[bins == k].mean()) for k in range(10) if k in bins
    ]
    return sum(gaps)


def of_classes(metric, **options):
    """A metric of predicted classes, on probabilities."""

    def measure(labels: np.ndarray, scores: np.ndarray) -> float:
        predicted = scores.argmax(axis=1) if scores.ndim == 2 else scores >= OPTIONS.threshold
        return metric(labels, predicted, **options)

    return measure


def one_against_rest(metric, average: str):
    return lambda labels, scores: metric(label_binarize(labels, classes=range(CLASSES)), scores, average=average)


BINARY = {
    "roc_auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "log_loss": partial(sk.log_loss, labels=[0, 1]),
    "brier": sk.brier_score_loss,
    "ece": _calibration,
    "f1": of_classes(sk.f1_score, zero_division=0),
    "precision": of_classes(sk.precision_score, zero_division=0),
    "recall": of_classes(sk.recall_score, zero_division=0),
    "accuracy": of_classes(sk.accuracy_score),
    "balanced_accuracy": of_classes(sk.balanced_accuracy_score),
    "mcc": of_classes(sk.matthews_corrcoef),
}
MULTICLASS = {
    "accuracy": of_classes(sk.accuracy_score),
    "balanced_accuracy": of_classes(sk.balanced_accuracy_score),
    "mcc": of_classes(sk.matthews_corrcoef),
    "log_loss": partial(sk.log_loss, labels=range(CLASSES)),
    "brier": partial(sk.brier_score_loss, labels=range(CLASSES), scale_by_half=False),
    "ece": lambda labels, scores: _calibration(labels == scores.argmax(axis=1), scores.max(axis=1)),
    "f1_macro": of_classes(sk.f1_score, average="macro", zero_division=0),
    "f1_weighted": of_classes(sk.f1_score, average="weighted", zero_division=0),
    "precision_macro": of_classes(sk.precision_score, average="macro", zero_division=0),
    "precision_weighted": of_classes(sk.precision_score, average="weighted", zero_division=0),
    "recall_macro": of_classes(sk.recall_score, average="macro", zero_division=0),
    "recall_weighted": of_classes(sk.recall_score, average="weighted", zero_division=0),
    "roc_auc_macro": one_against_rest(sk.roc_auc_score, "macro"),
    "roc_auc_weighted": one_against_rest(sk.roc_auc_score, "weighted"),
    "average_precision_macro": one_against_rest(sk.average_precision_score, "macro"),
}
REGRESSION = {
    "rmse": sk.root_mean_squared_error,
    "mae": sk.mean_absolute_error,
    "medae": sk.median_absolute_error,
    "r2": sk.r2_score,
    "mape": sk.mean_absolute_percentage_error,
    "pinball": partial(sk.mean_pinball_loss, alpha=OPTIONS.quantile),
}
REFERENCES = {"binary": BINARY, "multiclass": MULTICLASS, "regression": REGRESSION}


def measured(task: str, names, labels: np.ndarray, scores: np.ndarray, counts: np.ndarray) -> dict[str, float]:
    model = Model([METRICS[task][name] for name in names], labels, scores, OPTIONS)
    with np.errstate(invalid="ignore", divide="ignore"):
        return dict(zip(names, model.values(counts[None])[0], strict=True))


def compare(task: str, labels: np.ndarray, scores: np.ndarray, counts: np.ndarray, near: float) -> None:
    drawn = labels.repeat(counts), scores.repeat(counts, axis=0)
    found = measured(task, REFERENCES[task], labels, scores, counts)
    for name, reference in REFERENCES[task].items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of classes that are not there
            assert found[name] == pytest.approx(reference(*drawn), abs=near), name


@st.composite
def drawn_rows(draw):
    """Few distinct scores, so that ties are common, and counts as a draw gives them."""
    size = draw(st.integers(8, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    levels = draw(st.sampled_from([2, 3, 8, 1000]))
    counts = random.multinomial(size, np.full(size, 1 / size))
    return random, size, levels, np.maximum(counts, np.arange(size) < 8)


@settings(max_examples=60, deadline=None)
@given(drawn_rows())
def test_binary_metrics_are_those_of_scikit_learn(rows):
    random, size, levels, counts = rows
    labels = np.concatenate([[0, 1, 0, 1], random.integers(0, 2, size - 4)]).astype(float)
    compare("binary", labels, random.integers(0, levels, size) / (levels - 1), counts, 1e-9)


@settings(max_examples=60, deadline=None)
@given(drawn_rows())
def test_multiclass_metrics_are_those_of_scikit_learn(rows):
    random, size, levels, counts = rows
    labels = np.concatenate([[0, 1, 2, 3], random.integers(0, CLASSES, size - 4)])
    scores = random.integers(1, levels + 1, (size, CLASSES)).astype(float)
    compare("multiclass", labels, scores / scores.sum(axis=1, keepdims=True), counts, 1e-9)


@settings(max_examples=60, deadline=None)
@given(drawn_rows())
def test_regression_metrics_are_those_of_scikit_learn(rows):
    random, size, levels, counts = rows
    labels = np.concatenate([[0, 9], random.integers(0, levels, size - 2)]) + 1000.0
    compare("regression", labels, labels + random.normal(size=size).round(1), counts, 1e-7)


def test_every_metric_has_a_reference_here():
    assert {task: set(named) for task, named in REFERENCES.items()} == {
        task: set(named) for task, named in METRICS.items()
    }


@pytest.mark.parametrize("task", METRICS)
def test_the_page_of_the_action_names_every_metric(task):
    page = (Path(__file__).parents[3] / "actions/compare/README.md").read_text()
    (row,) = (line for line in page.splitlines() if line.startswith(f"| `{task}`"))
    assert re.findall(r"`(\w+)`", row.split("|")[3]) == list(METRICS[task])


@pytest.mark.parametrize("absent", [1, 3])
def test_a_class_that_is_neither_there_nor_predicted_is_left_out_as_in_scikit_learn(absent):
    random = np.random.default_rng(absent)
    labels = random.choice([label for label in range(CLASSES) if label != absent], 40)
    scores = random.random((40, CLASSES)) + 0.1
    scores[:, absent] = 0.05
    names = [name for name in MULTICLASS if "roc_auc" not in name and name != "average_precision_macro"]
    found = measured("multiclass", names, labels, scores / scores.sum(axis=1, keepdims=True), np.ones(40, dtype=int))
    for name in names:
        reference = MULTICLASS[name](labels, scores / scores.sum(axis=1, keepdims=True))
        assert found[name] == pytest.approx(reference), name


def test_a_ranking_leaves_out_a_class_that_is_not_there():
    random = np.random.default_rng(2)
    labels, scores = random.integers(0, 3, 40), random.dirichlet([1] * CLASSES, 40)
    found = measured("multiclass", ["roc_auc_macro", "average_precision_macro"], labels, scores, np.ones(40, dtype=int))
    metrics = (sk.roc_auc_score, sk.average_precision_score)
    for value, metric in zip(found.values(), metrics, strict=True):
        assert value == pytest.approx(np.mean([metric(labels == k, scores[:, k]) for k in range(3)]))


def test_one_class_alone_can_not_be_ranked():
    found = measured("multiclass", ["roc_auc_macro", "accuracy"], np.zeros(5, int), np.eye(4)[[0] * 5], np.ones(5, int))
    assert np.isnan(found["roc_auc_macro"]) and found["accuracy"] == 1


def test_a_relative_error_of_nothing_is_not_finite():
    found = measured("regression", ["mape", "mae"], np.array([0.0, 2.0]), np.array([1.0, 1.0]), np.ones(2, dtype=int))
    assert not np.isfinite(found["mape"]) and found["mae"] == 1


def test_scores_of_zero_and_one_cost_much_but_not_everything():
    model = Model([METRICS["binary"]["log_loss"]], np.array([0.0, 1.0]), np.array([1.0, 0.0]), DEFAULTS)
    assert 36 < model.values(np.ones((1, 2), dtype=int))[0, 0] < 37
