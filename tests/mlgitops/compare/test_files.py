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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare"], "Give --base, or --base-predictions with --head-predictions: none of them"),
        (["compare", "--base", "main", "--base-predictions", "a"], "Give --base, or"),
        (["compare", "--head-predictions", "a"], "Give --base, or"),
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
