"""Both sides trained again: real git, real DVC, a training that depends on its seed."""

import json
import shutil
from pathlib import Path

import pytest

from mlgitops.noise.checkout import checkouts
from mlgitops.report.document import load
from mlgitops.report.markdown import render
from tests.mlgitops.compare.project import Project
from tests.repositories import WorkingTree

pytestmark = pytest.mark.slow

SEEDED = ("default_rng(round(noise * 100))", "default_rng([round(noise * 100), params['train'].get('seed', 0)])")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """main and a branch with less noise; both read train.seed."""
    project = Project(tmp_path_factory.mktemp("made"))
    project.create(SEEDED)
    project.train(noise=0.1)
    return project.root


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Project:
    return Project(shutil.copytree(made, tmp_path / "a project", symlinks=True))


def test_trainings_with_other_seeds_become_a_part_of_the_report(project: Project):
    done = project.run("mlgitops", "noise", "--base", "main", "--seeds", "3")
    assert done.returncode == 0, done.stderr
    assert "3 of 3" in done.stdout
    written = json.loads((project.root / "reports/noise.json").read_text())
    deltas = written["deltas"]["roc_auc"]
    assert len(set(deltas)) == 3 and min(deltas) > 0
    assert len(project.repository.git("worktree", "list").splitlines()) == 1
    project.commit()
    noise = compared(project).noise
    assert noise.seeds == 3
    first = noise.ranges[0]
    assert (first.low, first.high, first.better) == (min(deltas), max(deltas), 1.0)
    assert "in 3 pairs of trainings with the same seed" in render(compared(project))


def test_a_range_of_other_inputs_is_left_out(project: Project):
    project.must("mlgitops", "noise", "--base", "main", "--seeds", "2")
    project.train(noise=0.2)
    report = compared(project)
    assert report.noise is None
    assert "`make noise SEEDS=5` shows that" in render(report)


def test_what_stands_in_the_way_is_said(project: Project):
    assert "train.luck" in refused(project, "--param", "train.luck")
    assert "same inputs" in refused(project, "--base", "change")
    project.write("params.yaml", "train: {noise: 0.3}\nfirst: 0\n")
    assert "Commit them first" in refused(project)


def test_a_checkout_fetches_from_a_remote_beside_the_repository(project: Project):
    project.must("dvc", "remote", "add", "--quiet", "--default", "store", "../store")
    project.commit()
    project.must("dvc", "push", "--quiet")
    shutil.rmtree(project.root / ".dvc/cache")
    with checkouts(project.repository, "main", "change") as (_, head):
        WorkingTree(head.tree.root).must("dvc", "pull", "--quiet", "models/m")
        assert (head.tree.root / "models/m/model.json").is_file()


def compared(project: Project):
    assert project.run("mlgitops", "compare", "--base", "main").returncode == 0
    return load((project.root / "report/report.json").read_bytes())


def refused(project: Project, *options: str) -> str:
    """What the verb says; no checkout is left behind."""
    done = project.run("mlgitops", "noise", *(options if "--base" in options else ("--base", "main", *options)))
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert len(project.repository.git("worktree", "list").splitlines()) == 1
    return done.stderr
