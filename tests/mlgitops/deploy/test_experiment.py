"""An experiment from a deploy to its verdict: the real service shares the traffic, logs it, and takes the truths."""

import time
from collections import Counter
from pathlib import Path

import httpx
import numpy as np
import pytest
import yaml

from mlgitops.deploy.place import Place
from mlgitops.errors import CannotCheck
from mlgitops.experiment.result import Experiment
from mlgitops.experiment.run import experiment
from tests.repositories import commit

pytestmark = pytest.mark.slow
GATES = """\
name: late-arrival
model: models/late-arrival
predictions: reports/predictions.parquet
task: binary
metrics: {roc_auc: {role: primary, margin: 0.05}, log_loss: {role: guardrail, margin: 0.05}}
bootstrap: {draws: 400}
"""
UNITS, ROWS = 300, 10


@pytest.fixture
def serving(team) -> list[str]:
    """A good version and one that has it the wrong way round share staging's traffic; the good one is in the shadow,
    too, as a version of its own."""
    good, wrong, again = team.package(3.0), team.package(-3.0), team.package(3.1)
    routes = [{"model": good, "weight": 60}, {"model": wrong, "weight": 40}]
    content = {
        "service": "flights.service",
        "address": f"127.0.0.1:{team.ports['staging']}",
        "endpoints": {"late-arrival": {"routes": routes, "shadow": [again]}},
    }
    commit(team.repository, {"environments/staging.yaml": yaml.safe_dump(content)})
    assert team.deploy().result == "deployed"
    return [good, wrong, again]


def asked(team) -> Counter:
    """Each unit asks for several rows, and hears later what was true; how often each version answered."""
    random, answered, truths = np.random.default_rng(0), Counter(), []
    with httpx.Client(base_url=f"{team.client().url}/v1/late-arrival", trust_env=False) as client:
        for unit in range(UNITS):
            rows = [{"carrier": "AA", "month": 6, "temp": temp} for temp in random.normal(size=ROWS)]
            answer = client.post("predict", json=rows, headers={"X-Unit": f"u{unit}"}).raise_for_status().json()
            for row, each in zip(rows, answer["predictions"], strict=True):
                answered[each["model"]] += 1
                late = random.random() < team.bundles.probability(row, 3.0)
                truths.append({"id": each["id"], "truth": int(late)})
        client.post("feedback", json=truths).raise_for_status()
    return answered


def found(team, gates: Path) -> Experiment:
    """Once the log is written."""
    deadline = time.monotonic() + 20
    while True:
        try:
            seen = experiment(Place(team.root / "staging"), "late-arrival", [gates], gates.parent)
            routes, shadow = seen.comparisons
            if routes.base.rows + routes.head.rows == UNITS * ROWS and shadow.head.rows == routes.base.rows:
                return seen
        except CannotCheck:
            pass
        assert time.monotonic() < deadline, "not all rows came to the log"
        time.sleep(0.2)


def test_what_is_deployed_answers_is_logged_and_compared(team, serving: list[str], tmp_path: Path):
    gates = tmp_path / "gates.yaml"
    gates.write_text(GATES)
    answered = asked(team)
    routes, shadow = found(team, gates).comparisons
    assert [routes.base.model, routes.head.model, shadow.head.model] == serving
    assert {each.model: each.predictions for each in (routes.base, routes.head)} == answered
    assert routes.base.units + routes.head.units == UNITS and routes.mismatch > 0.001
    assert routes.verdict == "worse" and routes.base.feedback == routes.head.feedback == 1
    assert shadow.paired and shadow.verdict in ("no-worse", "better")
    assert shadow.base.rows == shadow.head.rows == answered[serving[0]]
