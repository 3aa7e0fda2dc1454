"""Parameters that must not run: a real `dvc repro` stops before its first stage does anything."""

import subprocess

import pytest

from tests.project.baked import Baked

pytestmark = pytest.mark.slow

fault = pytest.mark.fault
BEFORE = "no stage begins; the key is named in one line, exit 1"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("seed: 2013", "seed: [2013", "params.yaml", marks=fault("malformed params", BEFORE)),
        pytest.param("seed: 2013", "seed: 2013\n  seed: 1", "seed", marks=fault("duplicate key", BEFORE)),
        pytest.param("seed: 2013", "seed: many", "train.seed is 'many'", marks=fault("wrong type", BEFORE)),
        *(
            pytest.param("fail_on: critical", f"fail_on: {text}", "validate.fail_on", marks=fault(name, BEFORE))
            for name in ["shell characters"]
            for text in ("$(touch x)", "'; touch x #'", "'`touch x`'", r'"a\ntouch x\n"')
        ),
        pytest.param("seed: 2013", "'$(touch x)': 2013", "$(touch x)", marks=fault("shell characters", BEFORE)),
    ],
)
def test_nothing_runs(project: Baked, old: str, new: str, said: str):
    project.edit("params.yaml", old, new)
    done = project.run("mlgitops", "train")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("mlgitops: Stage ") and said in line
    untouched(project)
    direct = project.run("python", "-m", "flight_delays.params")  # as make train does, before dvc
    assert direct.returncode == 2
    (line,) = direct.stderr.splitlines()
    assert line.startswith("params.yaml") and said in line
    untouched(project)


def untouched(project: Baked) -> None:
    status = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"], cwd=project.root, capture_output=True, text=True
    )
    assert status.stdout.split() == ["M", "params.yaml"]
    assert not (project.root / "data" / "prepared").exists()
