"""What the gates set reaches the numbers, and a side without a number is no first result."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import mean_pinball_loss, recall_score

from mlgitops.compare import measure
from mlgitops.compare.gates import parse
from tests.mlgitops.compare.sides import aligned

ROOT = Path(__file__).parent
GATES = "name: m\nmodel: m\npredictions: p\nbootstrap: {{draws: 200{more}}}\ntask: {task}\nmetrics: {{{metrics}}}\n"


def compared(task: str, metrics: str, sides, more: str = "", settings: str = "") -> dict:
    gates = parse((GATES.format(task=task, metrics=metrics, more=more) + settings).encode())
    return measure.compared(gates, sides, "same", ROOT)


@pytest.fixture
def numbers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = random.normal(size=300)
    return labels, labels + random.normal(size=300), labels + random.normal(size=300) / 2


def test_quantile_and_threshold_come_from_the_gates(numbers):
    labels, base, head = numbers
    primary = "{role: primary, margin: 0.1}"
    (found,) = compared("regression", f"pinball: {primary}", aligned(*numbers), settings="quantile: 0.9")["metrics"]
    assert found.head == pytest.approx(mean_pinball_loss(labels, head, alpha=0.9))
    sides = aligned(labels > 0, *(1 / (1 + np.exp(-side)) for side in (base, head)))
    (found,) = compared("binary", f"recall: {primary}", sides, settings="threshold: 0.7")["metrics"]
    assert found.head == pytest.approx(recall_score(labels > 0, 1 / (1 + np.exp(-head)) >= 0.7))


def test_groups_are_counted(numbers):
    sides = aligned(*numbers, day=np.arange(300) // 25)
    method = compared("regression", "mae: {role: primary, margin: 1}", sides, more=", group_by: day")["method"]
    assert (method.group_by, method.groups) == ("day", 12)


def test_a_base_without_a_number_is_not_finite_and_no_first_result(numbers):
    labels, _, head = numbers
    sides = aligned(labels, np.full(300, 1e16), head)
    (found,) = compared("regression", "rmse: {role: primary, margin: 1}", sides)["metrics"]
    assert found.base is None and found.head is not None and found.result == "not-finite"


def test_parts_that_a_task_does_not_have_are_left_out(numbers):
    found = compared("regression", "mae: {role: primary, margin: 1}", aligned(*numbers))
    assert "confusion" not in found and found["rows"].positives is None and found["slices"] == []
