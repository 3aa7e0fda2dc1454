"""The verbs as they are typed: exit codes, a table, JSON and Markdown."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from mlgitops.experiment import markdown
from mlgitops.experiment.run import experiment
from tests.mlgitops.experiment.traffic import NAME, NEW, NOISY, OLD, Traffic
from tests.template import BIN

pytestmark = pytest.mark.slow
HALF = {OLD: 50, NEW: 50}


@pytest.fixture
def typed(traffic: Traffic, gates: list[Path]):
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"MLGITOPS_DEPLOY_ROOT": str(traffic.place.folder.parent), "COLUMNS": "120"}
        command = [BIN / "mlgitops", *words]
        return subprocess.run(command, cwd=gates[0].parent, env=environment, capture_output=True, text=True)

    return run


@pytest.mark.parametrize(
    ("noise", "rows", "code", "verdict"), [(0.23, 20_000, 0, "no-worse"), (NOISY, 20_000, 1, "worse")]
)
def test_the_exit_code_is_the_verdict(traffic: Traffic, typed, noise: float, rows: int, code: int, verdict: str):
    traffic.deploy(HALF)
    traffic.meet(rows, noise=noise)
    done = typed("experiment", NAME)
    assert (done.returncode, done.stderr) == (code, "")
    assert f"\n{verdict}: " in done.stdout
    for word in (OLD, NEW, "50 %", "(100.0 %)", "roc_auc", "difference (95 % CI)", "allowed loss"):
        assert word in done.stdout


def test_json_is_for_programs(traffic: Traffic, typed):
    traffic.deploy(HALF)
    traffic.meet(1000, seed=1)
    done = typed("experiment", NAME, "--environment", "production", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 2 and found["comparisons"][0]["verdict"] == "not-sure"
    assert found["comparisons"][0]["more"]["rows"] > 0
    assert found["comparisons"][0]["metrics"][0]["name"] == "roc_auc"


def test_a_mistake_is_one_line(typed):
    done = typed("experiment", NAME)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("mlgitops: production has no routes")


def test_markdown_is_text_and_says_all(traffic: Traffic, gates: list[Path], tmp_path: Path, typed):
    traffic.deploy(HALF)
    traffic.meet(20_000, told=(0.9, 0.8))
    traffic.answer(["a", "b"], [OLD, NEW], [0.5, 0.5], units=["both", "both"])
    found = experiment(traffic.place, NAME, gates, tmp_path)
    text = markdown.render(found)
    assert text == typed("experiment", NAME, "--markdown").stdout
    assert text.startswith(f"### {NAME} in production, 20") and f"`{NEW}` against `{OLD}`" in text
    assert "⚠️ The truth is known of different shares of their predictions: see why" in text
    assert "1 unit met several versions and was left out." in text
    assert "| metric | v1.3.0 | v1.4.0 | difference (95 % CI) | allowed loss | result |" in text
