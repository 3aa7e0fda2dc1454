"""Runs that are killed, or that meet: nothing goes on writing, and the next run makes the very same bytes."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.project.baked import Baked, until

pytestmark = pytest.mark.slow

Moment = Callable[[Baked, psutil.Popen], bool]


def in_stage(stage: str) -> Moment:
    """The stage's process is there."""

    def is_now(project: Baked, process: psutil.Popen) -> bool:
        try:
            return any(f"flight_delays.{stage}" in each.cmdline() for each in below(process))
        except psutil.Error:  # one that ended while it was looked at
            return False

    return is_now


def writing(project: Baked, process: psutil.Popen) -> bool:
    """The model's files are being written."""
    return (project.root / "models" / ".train.tmp").exists()


def below(process: psutil.Process) -> list[psutil.Process]:
    return process.children(recursive=True)


def running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that can still do something; a dead one whose parent did not ask for it keeps its number."""

    def is_alive(process: psutil.Process) -> bool:
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return [process for process in processes if is_alive(process)]


def kill(project: Baked, moment: Moment, *command: str, **variables: str) -> None:
    """Run a command, kill it at that moment, and see that nothing is left after the two seconds that are allowed."""
    process = project.start(*command, **variables)
    until(lambda: moment(project, process), process)
    started = below(process)
    assert running(started)
    process.kill()
    process.wait()
    psutil.wait_procs(started, timeout=2)
    assert not running(started)


@pytest.mark.fault("kill -9 in train", "no process is left after 2 s; the next run makes the same bytes")
@pytest.mark.fault("stale lock", "DVC drops the locks of what was killed, and runs")
@pytest.mark.parametrize(
    ("moment", "shell"),
    [(in_stage("train"), "/bin/sh"), (writing, "/bin/bash")],
    ids=["as it begins", "as it writes"],
)
def test_a_killed_repro_leaves_nothing_and_is_made_good(
    prepared: Baked, undisturbed: Baked, tmp_path: Path, moment: Moment, shell: str
):
    project = prepared.copy(tmp_path / "project")
    kill(project, moment, "dvc", "repro", SHELL=shell)
    assert "dvc repro" in (project.root / ".dvc" / "tmp" / "rwlock").read_text()
    project.must("dvc", "repro")
    assert project.lock() == undisturbed.lock()
    assert not [path for path in project.root.rglob("*.tmp") if ".dvc" not in path.parts]


@pytest.mark.parametrize("stage", ["validate", "train"])
def test_a_killed_verb_takes_dvc_and_the_stage_with_it(
    baked: Baked, prepared: Baked, undisturbed: Baked, tmp_path: Path, stage: str
):
    project = (prepared if stage == "train" else baked).copy(tmp_path / "project")
    kill(project, in_stage(stage), "mlgitops", "train")
    project.must("mlgitops", "train")
    assert project.lock() == undisturbed.lock()


@pytest.mark.fault("two concurrent repro", "the second says who is at work, exit 2; run again, it converges")
def test_two_at_once(prepared: Baked, undisturbed: Baked, tmp_path: Path):
    project = prepared.copy(tmp_path / "project")
    first = project.start("dvc", "repro")
    until(lambda: in_stage("train")(project, first), first)
    second = project.run("mlgitops", "train")
    assert second.returncode == 2
    (line,) = [line for line in second.stderr.splitlines() if line]
    assert line.startswith("mlgitops: DVC is already at work in this checkout: (PID ")
    assert first.wait(timeout=120) == 0
    project.must("mlgitops", "train")
    assert project.lock() == undisturbed.lock()
