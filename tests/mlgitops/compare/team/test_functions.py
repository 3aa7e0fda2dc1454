"""A team's function sees the rows that the other metrics see, in the project's own python; what fails is one line."""

import sys
from pathlib import Path

import numpy as np
import pytest

from mlgitops.compare.bootstrap import estimate
from mlgitops.compare.gates import Bootstrap
from mlgitops.compare.metrics import METRICS, Function, Metric
from mlgitops.errors import CannotCheck

HOW = Bootstrap(draws=300, seed=5)
COSTS = """
import sys
import numpy as np

def squared(y_true, y_pred):
    print("noise on both", file=sys.stderr)
    print("noise on both")
    return np.mean((y_true - y_pred) ** 2) ** 0.5

def hits(y_true, y_score):
    names = np.array(["fog", "rain", "sun"])
    assert set(y_true) <= set(names) and y_score.shape == (len(y_true), 3)
    return int((names[y_score.argmax(axis=1)] == y_true).sum())

def is_alone(y_true, y_pred):
    return float("mlgitops" not in sys.modules)

def changes_its_rows(y_true, y_pred):
    y_true.sort()
    y_pred[:] = 0
    return np.mean(y_true)

def is_undefined(y_true, y_pred):
    return float("nan")

def is_beyond_all_reports(y_true, y_pred):
    return 1e300

def says_text(y_true, y_pred):
    return "3.5"

def raises(y_true, y_pred):
    raise ValueError("first line\\nno costs for these rows")

def ends(y_true, y_pred):
    sys.exit(0)

def is_killed(y_true, y_pred):
    import os
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose modules bear names that mlgitops' own have, too."""
    for name in ("costs", "metrics"):
        (tmp_path / f"{name}.py").write_text(COSTS)
    (tmp_path / "broken.py").write_text("import gone")
    return tmp_path


def own(root: Path, path: str, task: str = "regression", classes: np.ndarray | None = None) -> Metric:
    return Metric(path, task, "lower", Function(path, root, classes))


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = random.normal(size=200)
    return labels, labels + random.normal(size=200), labels + random.normal(size=200) / 2


@pytest.mark.parametrize("groups", [None, np.arange(200) % 40])
def test_it_is_measured_on_the_very_draws_of_the_other_metrics(root, rows, groups):
    chosen = [own(root, "costs:squared"), own(root, "metrics:squared"), METRICS["regression"]["rmse"]]
    first, second, known = estimate(chosen, *rows, HOW, groups=groups)
    assert vars(first) == pytest.approx(vars(known)) and first == second
    assert known.low < known.delta < known.high


def test_it_gets_the_names_of_classes_and_all_their_scores(root):
    random = np.random.default_rng(1)
    labels, classes = random.integers(0, 3, 90), np.array(["fog", "rain", "sun"])
    base, head = (random.dirichlet([1, 1, 1], 90) for _ in range(2))
    chosen = [METRICS["multiclass"]["accuracy"], own(root, "costs:hits", "multiclass", classes)]
    known, found = estimate(chosen, labels, base, head, HOW)
    assert (found.base, found.head) == (known.base * 90, known.head * 90)
    assert (found.low, found.high) == pytest.approx((known.low * 90, known.high * 90))


def test_it_may_be_the_only_metric_and_there_may_be_no_baseline(root, rows):
    labels, _, head = rows
    (found,) = estimate([own(root, "costs:squared")], labels, None, head, HOW)
    assert found.base is None and found.head_low < found.head < found.head_high


def test_its_process_has_no_mlgitops_and_what_it_does_to_its_rows_stays_there(root, rows):
    alone, changed = estimate([own(root, "costs:is_alone"), own(root, "costs:changes_its_rows")], *rows, HOW)
    assert alone.head == 1
    assert changed.base == changed.head == pytest.approx(rows[0].mean()) and changed.low == changed.high == 0


@pytest.mark.parametrize("path", ["costs:is_undefined", "costs:is_beyond_all_reports"])
def test_what_is_not_defined_or_beyond_what_a_report_holds_is_no_number(root, rows, path):
    (found,) = estimate([own(root, path)], *rows, HOW)
    assert found.base is found.head is None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("flights.costs:saved", "flights.costs:saved: ModuleNotFoundError: No module named 'flights'"),
        ("costs:saved", "costs:saved: AttributeError: module 'costs' has no attribute 'saved'"),
        ("broken:saved", "broken:saved: ModuleNotFoundError: No module named 'gone'"),
        ("costs:raises", "costs:raises: no costs for these rows"),
        ("costs:says_text", "costs:says_text: it returned a str, not a number"),
        ("costs:ends", "costs:ends: it ended early"),
        ("costs:is_killed", "costs:is_killed: it was ended by signal 9"),
    ],
)
def test_what_can_not_be_run_is_said_in_one_line(root, rows, path, said, capfd):
    with pytest.raises(CannotCheck) as caught:
        estimate([own(root, "costs:is_alone"), own(root, path)], *rows, HOW)
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_nothing_of_a_team_needs_no_python_of_the_project(rows, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert estimate([METRICS["regression"]["mae"]], *rows, HOW)[0].low is not None


def test_the_projects_own_environment_comes_first(root, rows):
    (root / ".venv/bin").mkdir(parents=True)
    python = root / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\nOWN=1 exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (root / "whose.py").write_text("import os\ndef mine(y_true, y_pred):\n    return int(os.environ['OWN'])\n")
    assert estimate([own(root, "whose:mine")], *rows, HOW)[0].head == 1
