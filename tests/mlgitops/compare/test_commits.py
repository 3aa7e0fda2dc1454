"""A working tree against a branch, with real git and real DVC: every state in which a pull request can be."""

import json
import shutil
from pathlib import Path

import pytest

from mlgitops.report.document import load
from mlgitops.report.markdown import render
from mlgitops.report.schema import Report
from tests.mlgitops.compare.project import Project

pytestmark = pytest.mark.slow

VALIDATION = {
    "schema": 1,
    "success": False,
    "severity": "critical",
    "suites": [
        {
            "suite": "raw",
            "table": "data/raw",
            "rows": 10,
            "success": False,
            "expectations": [
                {"type": "not_null", "column": "temp", "severity": "critical", "success": False, "observed": "12 of 90"}
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a trained model on main, made once."""
    project = Project(tmp_path_factory.mktemp("made"))
    project.create()
    return project.root


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Project:
    """A copy of it, on the branch change."""
    return Project(shutil.copytree(made, tmp_path / "a project", symlinks=True))


def compare(project: Project, base: str = "main", exit_code: int = 0) -> Report:
    """Run the verb as a person would; its report."""
    done = project.run("mlgitops", "compare", "--base", base)
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    report = load((project.root / "report/report.json").read_bytes())
    assert render(report).startswith("<!-- mlgitops:report")
    return report


def test_a_better_model_is_ready(project: Project):
    project.train(noise=0.1)
    report = compare(project)
    assert report.verdict == "ready"
    assert report.base.commit == project.repository.rev_parse("main")
    assert report.base.digest != report.head.digest and report.head.digest.startswith("md5:")
    assert report.rows.comparison == "same" and report.rows.count == 4000
    assert [(change.name, change.base, change.head) for change in report.changes.params] == [
        ("train.noise", "0.5", "0.1")
    ]
    assert not report.changes.code
    found = {budget.name: budget for budget in report.budgets}
    assert found["model_mb"].result == "pass" and found["model_mb"].base == found["model_mb"].head > 0
    assert [found[name].result for name in ("row_latency_ms", "train_minutes", "train_cpu_seconds")] == ["info"] * 3
    assert report.head.digest in render(report)


def test_a_worse_model_fails(project: Project):
    project.train(noise=2.0)
    report = compare(project, exit_code=1)
    assert report.verdict == "do-not-merge"
    assert {gate.name: gate.result for gate in report.gates}["Primary metric"] == "fail"


def test_a_change_of_text_alone_measures_nothing(project: Project):
    project.write("README.md", "More words.\n")
    project.commit()
    shutil.rmtree(project.root / ".dvc/cache")
    (project.root / "reports/predictions.parquet").unlink()
    report = compare(project)
    assert report.verdict == "ready"
    assert report.rows.comparison == "unchanged" and report.rows.count == 4000
    assert "| Gate |" not in render(report)


def test_where_there_is_no_baseline_it_is_a_first_result(project: Project):
    report = compare(project, base="empty")
    assert report.verdict == "first-result"
    assert report.metrics[0].base is None and report.metrics[0].head_low < report.metrics[0].head


def test_other_test_rows_are_scored_by_the_base_model(project: Project):
    project.train(noise=0.1, first=1000)
    report = compare(project)
    assert report.rows.comparison == "rescored" and report.rows.only_head == 1000
    assert report.metrics[0].result == "better"
    assert "the base's own model was run on these" in render(report)


def test_a_base_model_that_can_not_score_them_is_not_comparable(project: Project):
    project.train(noise=0.1, first=1000)
    project.write(
        "gates.yaml", (project.root / "gates.yaml").read_text().replace("python project.py", "python gone.py")
    )
    report = compare(project, exit_code=2)
    assert report.verdict == "not-comparable"
    assert "gone.py" in report.problem
    assert not report.metrics


def test_a_failed_stage_leaves_no_number(project: Project):
    project.train(noise=0.1)
    stage = {"name": "train", "result": "failed", "exit_code": 1, "seconds": 1.0, "log_tail": ["ValueError: no"]}
    write_json(project, "report/pipeline.json", {"stages": [stage], "retrained": True, "seconds": 1.0})
    report = compare(project, exit_code=2)
    assert report.verdict == "no-verdict" and report.reason == "`train` failed (exit 1)"
    assert not report.metrics and not report.head.digest and "ValueError: no" in render(report)


def test_bad_data_is_a_failure_and_leaves_no_number(project: Project):
    project.train(noise=0.1)
    stage = {"name": "validate", "result": "failed", "exit_code": 1, "seconds": 1.0, "log_tail": []}
    write_json(project, "report/pipeline.json", {"stages": [stage, {"name": "train", "result": "not-run"}]})
    write_json(project, "reports/validation.json", VALIDATION)
    report = compare(project, exit_code=1)
    assert report.verdict == "do-not-merge"
    assert report.reason == "data validation failed, the model was not trained"
    assert {gate.result for gate in report.gates[2:]} == {"not-run"}
    assert "12 of 90" in render(report) and not report.metrics


def test_a_failure_that_the_base_has_too_is_not_new(project: Project):
    warning = json.loads(json.dumps(VALIDATION).replace("critical", "warning"))
    project.must("git", "checkout", "--quiet", "main")
    write_json(project, "reports/validation.json", warning)
    project.commit()
    project.must("git", "checkout", "--quiet", "-b", "another")
    warning["suites"][0]["expectations"].append({**warning["suites"][0]["expectations"][0], "column": "wind"})
    write_json(project, "reports/validation.json", warning)
    report = compare(project)
    assert [(found.column, found.known) for found in report.validation.failures] == [("temp", True), ("wind", False)]
    assert report.verdict == "needs-decision"


def test_data_that_lost_a_column_needs_a_decision_whatever_the_expectations_say(project: Project):
    project.must("git", "checkout", "--quiet", "main")
    track(project, "kind,temp\na,1\nb,2\n")
    project.must("git", "checkout", "--quiet", "-b", "another")
    track(project, "kind\na\nb\nc\n")
    report = compare(project)
    (change,) = report.changes.data
    assert (change.added, change.removed) == (1, 0)
    gates = {gate.name: gate for gate in report.gates}
    assert gates["Data validation"].result == "warn" and report.verdict == "needs-decision"
    assert gates["Data validation"].why == "no result; column `temp` gone in `rows.csv`"
    text = render(report)
    assert "| `rows.csv` | 2 rows | 3 rows (+1) |" in text and "| ↳ column `temp` | `int64` | – ⚠️ |" in text


@pytest.mark.slow
def test_what_the_remote_lacks_fails(project: Project):
    project.must("dvc", "remote", "add", "--quiet", "--default", "store", "../a store")
    project.train(noise=0.1)
    project.must("dvc", "push", "--quiet")
    report = compare(project)
    assert report.verdict == "ready" and report.audit.objects == 3
    shutil.rmtree(next((project.root / "../a store/files/md5").iterdir()))
    report = compare(project, exit_code=1)
    gates = {gate.name: gate for gate in report.gates}
    assert gates["Remote audit"].result == "fail" and "missing or harmed in `store`: `" in gates["Remote audit"].why
    assert report.reason == "`store` lacks data of this commit" and "run `dvc push`" in render(report)


@pytest.mark.slow
def test_the_past_of_the_primary_metric_and_what_training_cost_come_from_the_commits(project: Project):
    project.must("git", "checkout", "--quiet", "main")
    write_json(project, "reports/metrics.json", {"rows": 4000, "roc_auc": 0.75})
    project.must("git", "add", "--all")
    project.must("git", "commit", "--quiet", "-m", "Record the result")
    project.must("git", "checkout", "--quiet", "-b", "another")
    project.train(noise=0.1)
    pipeline = {"stages": [{"name": "train", "result": "ran", "seconds": 30.0}], "retrained": True, "cpu_seconds": 50.0}
    write_json(project, "report/pipeline.json", pipeline)
    report = compare(project)
    assert [merge.value for merge in report.history] == [0.75]
    found = {budget.name: (budget.base, budget.head) for budget in report.budgets}
    assert (found["train_minutes"], found["train_cpu_seconds"]) == ((None, 0.5), (None, 50.0))
    project.must("git", "checkout", "--quiet", "main")
    project.write("dvc.lock", (project.root / "dvc.lock").read_text() + "# trained in a job\n")
    project.must("git", "commit", "--quiet", "--all", "-m", "Record\n\nTrain-Seconds: 60.0\nTrain-CPU-Seconds: 99.0")
    project.must("git", "checkout", "--quiet", "-B", "another")
    project.train(noise=0.1)
    found = {budget.name: (budget.base, budget.head) for budget in compare(project).budgets}
    assert (found["train_minutes"], found["train_cpu_seconds"]) == ((1.0, 0.5), (99.0, 50.0))


def test_a_gated_metric_that_was_removed_fails(project: Project):
    project.train(noise=0.1)
    gates = (project.root / "gates.yaml").read_text().replace("log_loss: {role: guardrail", "brier: {role: guardrail")
    project.write("gates.yaml", gates)
    report = compare(project, exit_code=1)
    assert "`log_loss` was removed from the gates" in report.reason
    assert "gates.metrics.brier.role" in [change.name for change in report.changes.params]


def test_a_metric_of_the_teams_own_is_measured_and_is_new(project: Project):
    project.train(noise=0.1)
    project.write("costs.py", "def caught(y_true, y_score):\n    return int(((y_true == 1) & (y_score > 0.5)).sum())\n")
    own = "  caught: {role: guardrail, margin: 5, direction: higher, function: 'costs:caught'}\nslices:"
    project.write("gates.yaml", (project.root / "gates.yaml").read_text().replace("slices:", own))
    report = compare(project)
    assert [(metric.name, metric.is_new) for metric in report.metrics] == [
        ("roc_auc", False),
        ("log_loss", False),
        ("caught", True),
    ]
    found = report.metrics[-1]
    assert found.result == "better" and found.direction == "higher" and found.base < found.head <= 1200


def test_a_function_that_is_not_there_is_no_verdict(project: Project):
    project.train(noise=0.1)
    own = "  caught: {role: info, direction: higher, function: 'costs:caught'}\nslices:"
    project.write("gates.yaml", (project.root / "gates.yaml").read_text().replace("slices:", own))
    report = compare(project, exit_code=2)
    assert report.verdict == "no-verdict" and not report.metrics
    assert "costs:caught: ModuleNotFoundError: No module named 'costs'" in report.problem


def test_predictions_that_are_not_those_of_the_lock_are_refused(project: Project):
    project.train(noise=0.1)
    stale = project.root / "reports/predictions.parquet"
    stale.unlink()
    stale.write_bytes(b"PAR1")
    report = compare(project, exit_code=2)
    assert report.verdict == "no-verdict" and "not those of dvc.lock" in report.problem


def test_a_base_that_can_not_be_fetched_is_no_verdict(project: Project):
    project.train(noise=0.1)
    for path in (project.root / ".dvc/cache/files/md5").rglob("*"):
        if path.is_file() and path.name not in (project.root / "dvc.lock").read_text():
            path.unlink()
    report = compare(project, exit_code=2)
    assert report.verdict == "no-verdict" and "could not be fetched" in report.problem


def test_a_broken_gates_file_still_leaves_a_report(project: Project):
    project.write("gates.yaml", "name: [")
    report = compare(project, exit_code=2)
    assert report.verdict == "no-verdict" and report.problem.startswith("gates.yaml:")
    assert report.head.commit == project.repository.rev_parse("HEAD")


def test_an_unknown_revision_is_no_verdict(project: Project):
    assert "No such revision: nowhere" in compare(project, base="nowhere", exit_code=2).problem


def track(project: Project, rows: str) -> None:
    """Make `rows.csv`, track it, commit."""
    project.write("rows.csv", rows)
    project.must("dvc", "add", "--quiet", "rows.csv")
    project.commit()


def write_json(project: Project, path: str, content: object) -> None:
    file = project.root / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content))


def test_without_predictions_of_the_base_its_recorded_metrics_are_compared(project: Project):
    project.must("git", "checkout", "--quiet", "empty")
    write_json(project, "reports/metrics.json", {"roc_auc": 0.9, "rows": 4000, "log_loss": None})
    project.must("git", "add", "reports/metrics.json")
    project.must("git", "commit", "--quiet", "-m", "Metrics alone")
    project.must("git", "branch", "--force", "main")
    project.must("git", "checkout", "--quiet", "-b", "another")
    project.train(noise=0.1)
    report = compare(project)
    assert report.verdict == "needs-decision" and report.rows.comparison == "recorded"
    auc, loss = report.metrics
    assert auc.result == "no-interval" and auc.low is None
    assert auc.delta == pytest.approx(auc.head - 0.9)
    assert loss.result == "no-baseline"
    assert "`dvc push` at that commit" in render(report)
