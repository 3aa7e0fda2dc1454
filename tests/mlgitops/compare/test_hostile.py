"""Names and recorded numbers that a pull request, or its base, could hold: real git, DVC and the verb."""

import json
import shutil
from pathlib import Path

import pytest

from mlgitops.report import markdown
from mlgitops.report.document import load
from mlgitops.report.schema import Report
from tests.mlgitops.compare.project import Project
from tests.mlgitops.report import github

pytestmark = pytest.mark.slow
TEXT = "shown as text, in a table that keeps its form"
NAMES = [
    pytest.param("a|b\\|c", marks=pytest.mark.fault("pipe in a name", TEXT)),
    pytest.param("a\n## Ready\n| x |", marks=pytest.mark.fault("newline in a name", TEXT)),
    pytest.param("</details><img src=x onerror=y><!--", marks=pytest.mark.fault("HTML in a name", TEXT)),
    pytest.param("`x` ```y", marks=pytest.mark.fault("backtick in a name", TEXT)),
    pytest.param("@octocat #1 acme/x#2", marks=pytest.mark.fault("mention in a name", "shown as text: nobody is told")),
    pytest.param("\u202egpj.x\u2066\u200b", marks=pytest.mark.fault("bidirectional control in a name", "left out")),
    pytest.param("n" * 10_000, marks=pytest.mark.fault("name of 10,000 characters", "cut to 80 characters")),
    pytest.param(
        "[x](http://x.example) ![](//x.example/a.png) https://x.example",
        marks=pytest.mark.fault("hostile link in a report", "shown as text: no link, no image"),
    ),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained model on main, and a better one on the branch change."""
    project = Project(tmp_path_factory.mktemp("made"))
    project.create()
    project.train(noise=0.1)
    return project.root


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Project:
    return Project(shutil.copytree(made, tmp_path / "project", symlinks=True))


def compare(project: Project) -> tuple[Report, str]:
    """The report, and its comment."""
    done = project.run("mlgitops", "compare", "--base", "main")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    report = load((project.root / "report/report.json").read_bytes())
    return report, markdown.render(report)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_a_cell_of_its_table_and_nothing_else(project: Project, name: str) -> None:
    """As a parameter and its value, and where a file system takes it, as a file."""
    params = {"train": {"noise": 0.1, "seed": 0}, "first": 0, name[:1000]: name}  # a key of YAML is no longer
    project.write("params.yaml", json.dumps(params))
    if len(name.encode()) < 200:
        project.write(f"src/{name.replace('/', '-')}.py", "x = 1\n")
    project.commit()
    report, comment = compare(project)
    assert len(report.changes.params) >= 1
    tokens = list(github.parse(comment))
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert links == [] and not [token for token in tokens if token.type == "image"]
    assert not [token for token in tokens if token.type.startswith("html") and "onerror" in token.content]
    assert [token.tag for token in tokens if token.type == "heading_open"].count("h2") == 1
    assert github.tables(comment)  # each line has the cells of its head
    assert not set("\u202e\u2066") & set(comment) and "n" * 81 not in comment
    outside = " ".join(github.prose(comment, "https://github.com"))
    assert "@octocat" not in outside and "https://x" not in outside


NO_NUMBER = "in the base's metrics it is no number: the metric has no baseline, which needs a decision"
VALUES = {
    "NaN": "NaN",
    "infinity": "Infinity",
    "1e400": "1e400",
    "boolean": "true",
    "text for a number": '"0.9"',
    "nested metrics": '{"mean": 0.9}',
}


@pytest.mark.parametrize(
    "value", [pytest.param(value, marks=pytest.mark.fault(name, NO_NUMBER)) for name, value in VALUES.items()]
)
def test_what_is_no_number_in_the_bases_metrics_is_none(project: Project, value: str) -> None:
    base_records(project, f'{{"roc_auc": {value}, "log_loss": 0.6, "rows": 4000}}')
    report, comment = compare(project)
    auc, loss = report.metrics
    assert report.verdict == "needs-decision" and report.rows.comparison == "recorded"
    assert (auc.result, auc.base, auc.delta) == ("no-baseline", None, None)
    assert loss.base == 0.6
    assert "nan" not in comment.lower() and "inf " not in comment.lower()


@pytest.mark.fault("metrics missing", "without any number of the base it is a first result")
@pytest.mark.parametrize("content", ["{}", "[]", "not JSON", None])
def test_a_base_without_metrics_makes_it_a_first_result(project: Project, content: str | None) -> None:
    base_records(project, content)
    report, _ = compare(project)
    assert report.verdict == "first-result" and {metric.base for metric in report.metrics} == {None}


def base_records(project: Project, metrics: str | None) -> None:
    """Let main hold no model, only this file of metrics; the trained model stays on the branch."""
    project.must("git", "checkout", "--quiet", "--detach", "empty")
    if metrics is not None:
        project.write("reports/metrics.json", metrics)
        project.must("git", "add", "reports/metrics.json")
    project.must("git", "commit", "--quiet", "--allow-empty", "-m", "Metrics alone")
    project.must("git", "branch", "--force", "main")
    project.must("git", "checkout", "change", "--", ".")
    project.commit()
