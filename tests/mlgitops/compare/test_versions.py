"""Two registered versions on the rows of this commit, with real git and a real DVC remote."""

import shutil
from pathlib import Path

import pytest

from mlgitops.compare import versions
from mlgitops.compare.versions import Versions
from mlgitops.report.markdown import render
from mlgitops.report.schema import Report
from mlgitops.repository.lock import Lock
from tests.mlgitops.compare.project import Project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, store: Path) -> Path:
    """Three versions: noise of 0.5, 0.1 and 0.9; then the test rows move on."""
    project = Project(tmp_path_factory.mktemp("made"))
    project.create()
    project.must("dvc", "remote", "add", "--quiet", "--default", "store", str(store))
    project.commit()
    for version, noise in {"v0.1.0": 0.5, "v0.1.1": 0.1, "v0.1.2": 0.9}.items():
        project.train(noise)
        register(project, version)
    project.train(noise=0.2, first=2000)
    register(project, "v0.1.3")
    return project.root


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Project:
    return Project(shutil.copytree(made, tmp_path / "work", symlinks=True))


def register(project: Project, version: str) -> None:
    project.must("dvc", "push", "--quiet")
    digest = Lock.read(project.repository, "HEAD").outs["models/m"].digest
    message = f"Register\n\ndigest: {digest}\npath: models/m"
    project.must("git", "tag", "--annotate", "-m", message, f"m@{version}")


def compare(project: Project, base: str | None, head: str) -> Report:
    tags = [version and versions.registered(project.repository, f"m@{version}") for version in (base, head)]
    sides = Versions(
        repository=project.repository,
        files=[project.root / "gates.yaml"],
        environment="production",
        base=tags[0],
        head=tags[1],
    )
    report = versions.compared(sides, "a" * 40)
    assert render(report).startswith("<!-- mlgitops:report")
    return report


def test_a_better_version_is_ready(project: Project) -> None:
    report = compare(project, "v0.1.0", "v0.1.1")
    assert (report.verdict, report.problem) == ("ready", "")
    assert (report.base.name, report.base.version) == ("production", "m@v0.1.0")
    assert (report.head.name, report.head.version, report.head.commit) == ("v0.1.1", "m@v0.1.1", "a" * 40)
    assert report.rows.comparison == "same" and report.rows.count == 4000
    assert next(metric for metric in report.metrics if metric.name == "roc_auc").low > 0
    assert report.slices and {budget.name for budget in report.budgets} >= {"model_mb"}
    assert report.changes.params == []  # of versions, neither of which is checked out


def test_a_worse_version_is_not_to_be_merged(project: Project) -> None:
    assert compare(project, "v0.1.1", "v0.1.2").verdict == "do-not-merge"


def test_what_changed_since_is_told_of_the_version_that_is_checked_out(project: Project) -> None:
    report = compare(project, "v0.1.0", "v0.1.3")
    assert {change.name: (change.base, change.head) for change in report.changes.params} == {
        "train.noise": ("0.5", "0.2"),
        "first": ("0", "2000"),
    }


def test_where_nothing_serves_it_is_a_first_result(project: Project) -> None:
    report = compare(project, None, "v0.1.1")
    assert report.verdict == "first-result" and report.base is None
    assert all(metric.head is not None for metric in report.metrics)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("score: ", "# ", "gates.yaml has no score command"),
        ("project.py --model", "nothing.py --model", "could not score these rows"),
        ("name: m\n", "name: other\n", "No gates are about m"),
    ],
)
def test_what_can_t_be_measured_has_no_verdict(project: Project, old: str, new: str, said: str) -> None:
    gates = project.root / "gates.yaml"
    gates.write_text(gates.read_text().replace(old, new))
    report = compare(project, "v0.1.0", "v0.1.1")
    assert report.verdict == "no-verdict" and said in report.problem


def test_a_bundle_that_is_lost_has_no_verdict(project: Project, store: Path) -> None:
    shutil.rmtree(store / "files")
    report = compare(project, "v0.1.0", "v0.1.1")
    assert report.verdict == "no-verdict" and "can't be fetched from the DVC remote" in report.problem
