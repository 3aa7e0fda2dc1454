"""Every state in which a pull request can be, and the comment that its reviewer reads.

The comments lie in golden/, as they are but for ids and times. `UPDATE_GOLDEN=1 make test` writes them anew: look at
what changed before you commit it.
"""

import shutil
from pathlib import Path

import pytest

from mlgitops.deploy.plan import Plan
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.report.markdown import MAX_BYTES, render
from mlgitops.report.page import Guarded, Page, Recorded
from mlgitops.report.schema import Report
from tests.mlgitops.states.golden_files import held
from tests.mlgitops.states.project import DELAY, Project

pytestmark = pytest.mark.slow
PAGE = Page(pull=128)
STAGES = ["validate", "prepare", "train", "evaluate", "package"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("made"))
    project.create()
    return project.root


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Project:
    return Project(shutil.copytree(made, tmp_path / "project", symlinks=True))


def told(state: str, report: Report, verdict: str, page: Page = PAGE) -> str:
    """The comment of a report, held against its golden file."""
    text = render(report, page)
    assert page.verdict(report) == verdict and f" verdict={verdict} " in text.splitlines()[0]
    assert len(text.encode()) < MAX_BYTES
    held(state, text)
    return text


def test_better(project: Project):
    project.train(late=0.1)
    told("better", project.compare(), "ready")


def test_worse(project: Project):
    project.train(late=2.0)
    told("worse", project.compare(exit_code=1), "do-not-merge")


def test_inconclusive(project: Project):
    project.train(late=0.53)
    told("inconclusive", project.compare(), "needs-decision")


def test_probabilities_that_are_off(project: Project):
    """The order of the rows is the same, the probabilities are too high."""
    project.edit("stages.py", "np.exp(-(labels", "np.exp(-(1 + labels")
    project.edit("dvc.yaml", "models/fitted.json, data/test.json]", "models/fitted.json, data/test.json, stages.py]")
    project.train()
    text = told("probabilities-off", project.compare(exit_code=1), "do-not-merge")
    assert "recalibrate (predictions of" in text


def test_first_pull_request(project: Project):
    told("first-pull-request", project.compare("empty"), "first-result")


def test_first_pull_request_below_its_floor(project: Project):
    project.edit("gates.yaml", "floor: 0.65", "floor: 0.99")
    told("first-below-floor", project.compare("empty", exit_code=1), "do-not-merge")


def test_into_another_branch(project: Project):
    project.must("git", "checkout", "--quiet", "-b", "release", "main")
    project.train(late=0.7)
    project.must("git", "checkout", "--quiet", "-b", "hotfix")
    project.train(late=0.2)
    assert "`release`" in told("into-another-branch", project.compare("release"), "ready")


def test_base_metrics_without_predictions(project: Project):
    project.must("git", "checkout", "--quiet", "empty")
    project.must("git", "clean", "-fdxq", "--exclude", ".dvc", "--exclude", "data/raw")
    project.write("reports/metrics.json", '{"roc_auc": 0.9, "log_loss": 0.4, "rows": 4000}')
    project.must("git", "add", "reports/metrics.json")
    project.must("git", "commit", "--quiet", "-m", "Metrics alone")
    project.must("git", "branch", "--force", "main")
    project.train(late=0.1)
    told("base-metrics-without-predictions", project.compare(), "needs-decision")


def test_metric_new(project: Project):
    project.edit("gates.yaml", "  f1: {role: info}", "  recall: {role: guardrail, margin: 0.05}")
    project.train(late=0.1)
    told("metric-new", project.compare(), "ready")


def test_metric_removed(project: Project):
    project.edit("gates.yaml", "  brier: {role: guardrail, margin: 0.01}\n", "")
    project.train(late=0.1)
    told("metric-removed", project.compare(exit_code=1), "do-not-merge")


def test_metric_not_finite(project: Project):
    """r2 of a constant truth has no value."""
    project.edit("stages.py", '"y_true": luck * 30', '"y_true": luck * 0')
    project.write("gates.yaml", DELAY.replace("  mae:", "  r2:"))
    project.train(delay=0.6)
    told("metric-not-finite", project.compare(exit_code=1), "do-not-merge")


def test_nothing_changed(project: Project):
    project.write("README.md", "More words.\n")
    project.commit()
    assert "Predictions identical on 4,000 rows" in told("nothing-changed", project.compare(), "ready")


def test_other_model_with_the_same_predictions(project: Project):
    project.edit("stages.py", '{"noise": fitted[name]}', '{"noise": fitted[name], "note": "other bytes"}')
    project.edit("dvc.yaml", "deps: [models/fitted.json]\n", "deps: [models/fitted.json, stages.py]\n")
    project.train()
    assert "Predictions identical on 4,000 rows" in told("same-predictions", project.compare(), "ready")


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_fails(project: Project, stage: str):
    project.train(late=0.1, fail=stage)
    text = told(f"failed-{stage}", project.compare(exit_code=2), "no-verdict")
    assert f"`{stage}` failed" in text and "### Metrics" not in text
    for waiting in STAGES[STAGES.index(stage) + 1 :]:
        assert f"`{waiting}`" in text


def test_data_validation_failed(project: Project):
    project.data("b", 100, missing=40)
    project.train(late=0.1)
    text = told("data-validation-failed", project.compare(exit_code=1), "do-not-merge")
    assert "40 of 200 unexpected" in text and "### Metrics" not in text


def test_data_changed(project: Project):
    project.data("a", 110, missing=3, warmer=12)
    project.data("b", 50)
    project.train(late=0.1)
    told("data-changed", project.compare(), "ready")


def test_test_set_changed(project: Project):
    project.train(late=0.1, first=1000)
    text = told("test-set-changed", project.compare(), "ready")
    assert "1,000 rows new, 1,000 rows gone; so `main`'s model was scored on these 4,000 rows" in text


def test_test_set_changed_and_the_base_model_can_not_be_scored(project: Project):
    project.edit("gates.yaml", "python stages.py", "python gone.py")
    project.train(late=0.1, first=1000)
    told("not-comparable", project.compare(exit_code=2), "not-comparable")


def test_too_long(project: Project):
    names = "".join(f"{'長' * 70}{n:03d}: {n}\n" for n in range(190))
    many = "[f\"{'細' * 70}{each % 250}\" for each in number]"
    project.edit("stages.py", 'np.array(["east", "north", "south"])[number % 3]', many)
    project.edit("gates.yaml", "margin: 0.05}", "margin: 0.9, min_positives: 1, min_negatives: 1}")
    project.train(late=0.1, more=names)
    report = project.compare()
    text = told("too-long", report, "ready")
    assert "<sub>Shortened: charts, slices that pass" in text
    assert text.count("<details") == text.count("</details>")
    whole = render(report, PAGE, limit=1_000_000)
    assert "Shortened" not in whole and len(whole.encode()) > MAX_BYTES


def test_two_models(project: Project):
    project.write("delay.yaml", DELAY)
    project.train(late=0.1, delay=2.0)
    report = project.compare(gates="gates.yaml:delay.yaml", exit_code=1)
    text = told("two-models", report, "do-not-merge")
    assert "## `late`: ✅ Ready" in text and "## `delay`: ❌ Do not merge yet" in text


def test_fork(project: Project):
    """The reporting job can't write to a fork's branch: a result that only this run knows must not merge."""
    project.train(late=0.1)
    why, step = "this fork's branch lacks the dvc.lock of this run", "run `make train`."
    page = Page(pull=128, recorded=Recorded(result="fail", why=why, next=step))
    told("fork", project.compare(), "do-not-merge", page)


def test_protected_paths(project: Project):
    """The reporting job asks GitHub which ones, and the run did not use the new settings of DVC."""
    project.train(late=0.1)
    guarded = Guarded(paths=(".dvc/config", ".github/workflows/pull-request.yml", "gates.yaml"))
    page = Page(pull=128, run_url="https://github.com/acme/delays/actions/runs/512", run_number=512, guarded=guarded)
    told("protected-paths", project.compare(), "ready", page)


def plan(refused: str = "") -> Plan:
    """A canary beside what production serves, and one endpoint less."""
    old, new, other = "late@v1.3.0", "late@v1.4.0", "delay@v0.2.0"
    before = {"late": Endpoint(routes=[Route(old)]), "delay": Endpoint(routes=[Route(other)])}
    after = {"late": Endpoint(routes=[Route(old, 90), Route(new, 10)], sticky="tailnum")}
    digests = {old: "md5:" + "a" * 32, new: "md5:" + "b" * 32, other: "md5:" + "c" * 32}
    return Plan(
        environment="production",
        before=Serving({version: digests[version] for version in (old, other)}, before),
        after=Serving({version: digests[version] for version in (old, new)}, after),
        is_served=True,
        notes=("workers: 1 → 2; the service is restarted.",),
        refused=refused,
    )


def test_a_plan(project: Project):
    """The change edits environments/production.yaml: the reporting job says what a merge would deploy."""
    told("plan", project.compare(), "ready", Page(pull=128, plans=(plan(),)))


def test_a_plan_that_a_deploy_would_refuse(project: Project):
    """A merge would leave the old version serving, and the file on main would say what does not serve."""
    why = "staging has not served and smoke-tested it yet: late@v1.4.0. Deploy it to staging first"
    told("plan-refused", project.compare(), "do-not-merge", Page(pull=128, plans=(plan(why),), overridden_by="ada"))


def test_overridden(project: Project):
    project.train(late=2.0)
    page = Page(pull=128, overridden_by="ada")
    told("overridden", project.compare(exit_code=1), "overridden", page)
