"""The two-file form of the command line: no git, one report, an exit code; and its mistakes, in one line."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgitops.report.document import load

GATES = """
{name: m, task: regression, model: m, predictions: p, metrics: {mae: {role: primary, margin: 0.1}, r2: {role: info}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """gates.yaml and three files of predictions: base, better, worse."""
    random = np.random.default_rng(0)
    labels = random.normal(size=500) * 10
    for name, noise in {"base": 3.0, "better": 1.0, "worse": 9.0}.items():
        scores = labels + random.normal(size=500) * noise
        ids = [str(n) for n in range(500)]
        pq.write_table(pa.table({"row_id": ids, "y_true": labels, "y_pred": scores}), tmp_path / f"{name}.parquet")
    (tmp_path / "gates.yaml").write_text(GATES)
    return tmp_path


def mlgitops(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "mlgitops", *arguments], cwd=folder, capture_output=True, text=True)


def compared(folder: Path, head: str, *more: str) -> subprocess.CompletedProcess[str]:
    files = ("--base-predictions", "base.parquet", "--head-predictions", f"{head}.parquet")
    return mlgitops(folder, "compare", *files, "--out", "out/report.json", *more)


@pytest.mark.parametrize(
    ("head", "verdict", "code"),
    [("better", "ready", 0), ("worse", "do-not-merge", 1), ("base", "ready", 0), ("none", "no-verdict", 2)],
)
def test_the_exit_code_is_the_verdict(folder, head, verdict, code):
    done = compared(folder, head)
    assert done.returncode == code, done.stderr
    assert verdict in done.stdout and "Traceback" not in done.stderr
    assert load((folder / "out/report.json").read_bytes()).verdict == verdict


def test_errors_that_fell_and_rose_are_counted_and_drawn(folder):
    compared(folder, "better")
    report = load((folder / "out/report.json").read_bytes())
    assert report.flips.kind == "error" and report.flips.fixed + report.flips.broken == 500 and report.flips.p < 1e-6
    assert report.confusion is None and [curve.kind for curve in report.curves] == ["residuals"]
    assert report.method.groups is None


def test_the_whole_report_is_beside_the_json_and_on_the_jobs_page(folder, monkeypatch):
    job = {"GITHUB_REPOSITORY": "acme/m", "GITHUB_RUN_ID": "77", "GITHUB_RUN_NUMBER": "12"}
    for name, value in (job | {"GITHUB_STEP_SUMMARY": str(folder / "summary.md")}).items():
        monkeypatch.setenv(name, value)
    compared(folder, "worse")
    text = (folder / "out/report.md").read_text()
    assert "## ❌ Do not merge" in text and "[Run #12](https://github.com/acme/m/actions/runs/77)" in text
    assert (folder / "summary.md").read_text() == f"{text}\n"


def test_the_report_becomes_markdown(folder):
    compared(folder, "better")
    url = "https://github.com/acme/m/actions/runs/1"
    done = mlgitops(folder, "render", "out/report.json", "--out", "out/report.md", "--run-url", url)
    assert done.returncode == 0, done.stderr
    text = (folder / "out/report.md").read_text()
    assert "## ✅ Ready: `mae` better by" in text and f"[Run]({url}) · [artifacts]({url}#artifacts)" in text
    assert mlgitops(folder, "render", "out/report.json", "--run-url", "javascript:alert(1)").stdout.count("](") == 0


CLASSES = """
{name: m, task: multiclass, model: m, predictions: p, bootstrap: {group_by: day},
 slices: {columns: [side], metric: f1_macro, margin: 0.1},
 metrics: {f1_macro: {role: primary, margin: 0.02}, roc_auc_macro: {role: guardrail, margin: 0.02}, ece: {role: info},
           hits: {role: guardrail, margin: 10, direction: higher, function: "costs:hits"}}}
"""
COSTS = """
import numpy as np
def hits(y_true, y_score):
    return int((np.array(["fog", "rain", "sun"])[y_score.argmax(axis=1)] == y_true).sum())
"""


@pytest.fixture
def weather(tmp_path: Path) -> Path:
    """A task of three classes, in groups of rows, with a metric of the team's own and without any repository."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 900)
    rows = {"row_id": [str(n) for n in range(900)], "y_true": np.array(["fog", "rain", "sun"])[labels]}
    rows |= {"side": random.choice(["east", "west"], 900), "day": np.arange(900) // 30}
    for name, pull in {"base": 0.5, "better": 2.0}.items():
        scores = random.dirichlet([1, 1, 1], 900) + np.eye(3)[labels] * pull
        columns = dict(zip(("y_score_fog", "y_score_rain", "y_score_sun"), (scores / (1 + pull)).T, strict=True))
        pq.write_table(pa.table(rows | columns), tmp_path / f"{name}.parquet")
    (tmp_path / "gates.yaml").write_text(CLASSES)
    (tmp_path / "costs.py").write_text(COSTS)
    return tmp_path


def test_several_classes_are_compared_in_every_part_of_the_report(weather):
    done = compared(weather, "better")
    assert done.returncode == 0, done.stdout + done.stderr
    report = load((weather / "out/report.json").read_bytes())
    assert {metric.name: metric.result for metric in report.metrics} == {
        "f1_macro": "better",
        "roc_auc_macro": "better",
        "ece": "info",
        "hits": "better",
    }
    assert [found.result for found in report.slices] == ["better", "better"]
    assert report.confusion.classes == ["fog", "rain", "sun"] and np.sum(report.confusion.head) == 900
    assert report.flips.kind == "class" and report.flips.fixed > report.flips.broken
    assert [curve.kind for curve in report.curves] == ["reliability"]
    assert report.method.groups == 30 and report.rows.positives is None


def test_models_of_other_classes_are_not_comparable(weather):
    table = pq.read_table(weather / "better.parquet")
    renamed = [name.replace("y_score_fog", "y_score_mist") for name in table.column_names]
    truth = pa.array(["mist" if name == "fog" else name for name in table["y_true"].to_pylist()])
    table = table.rename_columns(renamed).set_column(1, "y_true", truth)
    pq.write_table(table, weather / "other.parquet")
    done = compared(weather, "other")
    report = load((weather / "out/report.json").read_bytes())
    assert (done.returncode, report.verdict) == (2, "not-comparable")
    assert report.problem == "The classes of the two models differ: only base has fog; only head has mist"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare"], "Give --base, or --base-predictions with --head-predictions: none of them"),
        (["compare", "--base", "main", "--base-predictions", "a"], "Give --base, or"),
        (["compare", "--head-predictions", "a"], "Give --base, or"),
        (
            ["compare", "--gates", "a", "--gates", "b", "--base-predictions", "c", "--head-predictions", "d"],
            "Two prediction files are of one model: a, b. Give one --gates",
        ),
        (["render", "gone.json"], "There is no report: gone.json. Make it: mlgitops compare"),
        (["render", "gates.yaml"], "gates.yaml is not a report"),
    ],
)
def test_mistakes_are_one_line(folder, arguments, said):
    done = mlgitops(folder, *arguments)
    assert done.returncode == 2
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_help_has_an_example(folder):
    for verb in ("compare", "render"):
        assert "Example: mlgitops" in mlgitops(folder, verb, "--help").stdout
