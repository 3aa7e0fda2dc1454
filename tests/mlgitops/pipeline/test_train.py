"""Real DVC, tiny stages: what ran, what was known already, what failed and what it said."""

from pathlib import Path

import pytest

from mlgitops.errors import CheckFailed
from mlgitops.pipeline import result
from mlgitops.pipeline.repro import repro
from mlgitops.pipeline.result import joined, summed
from mlgitops.pipeline.train import run, store
from mlgitops.report.schema import Pipeline, Stage
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage
from tests.repositories import commit

YAML = """
stages:
  validate: {cmd: "cat data > validated", deps: [data], outs: [validated]}
  train: {cmd: "sh train.sh", deps: [validated, train.sh], outs: [model]}
  package: {cmd: "cat model > bundle", deps: [model], outs: [bundle]}
"""


@pytest.fixture
def project(repository: Repository) -> Repository:
    ignored = "/validated\n/model\n/bundle\n/report\n"
    files = {"dvc.yaml": YAML, "data": "1\n", "train.sh": "cat validated > model\n", ".gitignore": ignored}
    commit(repository, files)
    Storage(repository).attach()
    return repository


def results(pipeline: Pipeline) -> list[str]:
    return [stage.result for stage in pipeline.stages]


def test_every_stage_runs_once_and_is_known_after_that(project: Repository) -> None:
    first, _ = repro(project)
    second, _ = repro(project)
    assert (results(first), first.retrained) == (["ran", "ran", "ran"], True)
    assert (results(second), second.retrained) == (["cached", "cached", "cached"], False)
    assert all(stage.seconds > 0 for stage in first.stages)


def test_a_failure_is_named_with_its_last_lines_and_what_follows_did_not_run(
    project: Repository, tmp_path: Path
) -> None:
    (project.root / "train.sh").write_text("echo reading; echo out of paper >&2; exit 3\n")
    path = tmp_path / "pipeline.json"
    with pytest.raises(CheckFailed, match="Stage train failed: out of paper$"):
        run(project, path=path)
    pipeline = result.read(path)
    assert results(pipeline) == ["ran", "failed", "not-run"]
    assert {"reading", "out of paper"} <= set(pipeline.failed.log_tail)
    assert pipeline.failed.exit_code == 3


def test_a_remote_that_cannot_be_written_is_said(project: Repository, tmp_path: Path) -> None:
    run(project, path=tmp_path / "pipeline.json")
    (project.root / ".dvc" / "config").write_text("[core]\n    remote = r\n['remote \"r\"']\n    url = /proc/nowhere\n")
    with pytest.raises(CheckFailed, match=r"dvc push failed: .*/proc/nowhere.*\. See the remote in \.dvc/config"):
        store(project, [], path=tmp_path / "pipeline.json")
    assert result.read(tmp_path / "pipeline.json").failed.name == "dvc push"


def test_what_the_first_verb_ran_is_not_forgotten_by_the_second(project: Repository, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.json"
    assert results(run(project, "validate", path=path)) == ["ran", "not-run", "not-run"]
    assert results(run(project, path=path)) == ["ran", "ran", "ran"]


def test_the_processor_time_is_that_of_trainings(project: Repository, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.json"
    assert run(project, "validate", path=path).cpu_seconds is None
    trained = run(project, path=path).cpu_seconds
    assert 0 < trained < 60
    assert run(project, path=path).cpu_seconds == trained  # the second run had nothing to do


def test_a_pipeline_that_cannot_be_read_is_a_failure_of_dvc(project: Repository) -> None:
    (project.root / "dvc.yaml").write_text("stages:\n  train: {cmd: x, dependencies: [y]}\n")
    pipeline, exit_code = repro(project)
    assert exit_code
    assert pipeline.failed.name == "dvc"


@pytest.mark.slow
def test_a_known_result_is_neither_run_nor_missing(project: Repository, clone, tmp_path: Path) -> None:
    run(project, path=tmp_path / "first.json")
    store(project, ["bundle"], path=tmp_path / "first.json")
    Storage(project).push()
    commit(project, {}, "Train")
    project.git("push", "--quiet", "origin", "HEAD:main")
    job = clone("job", "--depth", "1", "--single-branch")
    Storage(job).attach()
    pipeline = run(job, path=tmp_path / "job.json")
    store(job, ["bundle"], path=tmp_path / "job.json")
    assert results(pipeline) == ["cached", "cached", "cached"]
    assert (job.root / "bundle").read_text() == "1\n"
    assert not (job.root / "model").exists()


@pytest.mark.slow
def test_data_that_nobody_pushed_is_a_failed_transfer(project: Repository, clone, tmp_path: Path) -> None:
    run(project, path=tmp_path / "first.json")
    commit(project, {}, "Train")
    project.git("push", "--quiet", "origin", "HEAD:main")
    job = clone("job", "--depth", "1", "--single-branch")
    Storage(job).attach()
    run(job, path=tmp_path / "job.json")
    with pytest.raises(CheckFailed, match=r"dvc pull failed: .*Run dvc push on the machine that trained this commit"):
        store(job, ["bundle"], path=tmp_path / "job.json")
    assert result.read(tmp_path / "job.json").failed.name == "dvc pull"


def test_two_trainings_of_a_job_cost_what_both_cost() -> None:
    ran, known = [Stage(name="a", result="ran", seconds=1.5)], [Stage(name="a", result="cached")]
    assert joined(summed(ran, 2.0), summed(ran, 1.5)).cpu_seconds == 3.5
    assert joined(summed(ran, 2.0), summed(known, 1.5)).cpu_seconds == 2.0
    assert joined(None, summed(known, 1.5)).cpu_seconds is None


def test_the_sum_is_that_of_the_stages() -> None:
    pipeline = summed([Stage(name="a", result="ran", seconds=1.5), Stage(name="b", result="cached")])
    assert (pipeline.retrained, pipeline.seconds) == (True, 1.5)


def test_no_result_is_none_and_a_broken_one_says_so(tmp_path: Path) -> None:
    assert result.read(tmp_path / "none.json") is None
    (tmp_path / "broken.json").write_text('{"stages": 1}')
    with pytest.raises(Exception, match=r"broken\.json is not a pipeline result"):
        result.read(tmp_path / "broken.json")


def test_nothing_is_left_half_written(project: Repository, tmp_path: Path) -> None:
    run(project, "validate", path=tmp_path / "report" / "pipeline.json")
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["pipeline.json"]
