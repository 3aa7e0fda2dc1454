"""The test after a switch, against the real service: what it lets pass, what it finds, and what is put back then."""

import json
import shutil
from pathlib import Path

import pytest

from mlgitops.deploy.smoke import Smoke
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.errors import CheckFailed
from tests.killed import killed

pytestmark = pytest.mark.slow
FIRST, SECOND = "late-arrival@v0.1.0", "late-arrival@v0.1.1"
TOO_LITTLE = 1e-6  # milliseconds


def smoke(team, folder: Path, change=lambda signature: None, **facts) -> Smoke:
    """The test of what serves, as if its bundle's signature.json had been another one."""
    served = team.client().status().serving
    (bundle,) = (team.root / "staging" / "bundles").iterdir()
    doctored = shutil.copytree(bundle, folder / "bundle")
    signature = json.loads((doctored / "signature.json").read_text())
    change(signature)
    (doctored / "signature.json").write_text(json.dumps(signature))
    return Smoke(team.client(), facts.get("serving", served), {FIRST: doctored}, {})


def test_golden_rows_schema_and_latency_are_recorded(team):
    team.package(1.0)
    done = team.deploy()
    assert done.smoke.rows == 2 and done.smoke.latency_ms > 0
    (line,) = team.journal()
    assert line["smoke"] == {"rows": 2, "latency_ms": done.smoke.latency_ms}
    assert f"  smoke test: 2 golden rows as recorded, median {done.smoke.latency_ms:.1f} ms a row" in done.lines()
    assert "Smoke test: 2 golden rows" in done.markdown()


def test_what_is_not_as_recorded_is_found(team, tmp_path):
    team.package(1.0)
    team.deploy()
    served = team.client().status().serving

    def other_output(signature):
        signature["examples"][1]["output"] += 0.001

    def other_name(signature):
        signature["inputs"][0]["name"] = "airline"

    def other_type(signature):
        signature["inputs"][1]["type"] = "float"

    def other_row(signature):
        signature["examples"][0]["inputs"]["carrier"] = "??"

    def no_rows(signature):
        signature["examples"] = []

    for number, (change, why) in enumerate(
        {
            other_output: rf"another output: golden row 2 of {FIRST} gives",
            other_name: "schema does not say the inputs of its models: airline",
            other_type: "schema does not say the inputs of its models: month",
            other_row: "The service refuses a golden row",
            no_rows: "takes none of the golden rows|does not understand|no answer",
        }.items()
    ):
        with pytest.raises(CheckFailed, match=why):
            smoke(team, tmp_path / str(number), change).test()
    assert smoke(team, tmp_path / "same").test().rows == 2
    asked = type(served)(served.models, {"late-arrival": Endpoint(routes=[Route(SECOND)])})
    elsewhere = smoke(team, tmp_path / "other", serving=asked)
    with pytest.raises(CheckFailed, match=f"Another model answered|refuses a golden row.*{SECOND}"):
        Smoke(elsewhere.client, asked, {SECOND: elsewhere.bundles[FIRST]}, {}).test()


def test_a_canary_a_shadow_and_a_pipeline_behind_a_key(team, monkeypatch):
    """Each version is asked for by name, with what the endpoint needs besides a golden row."""
    monkeypatch.setenv("SERVICE_API_KEY", "a-key-of-enough-letters")
    versions = [team.package(slope) for slope in (1.0, 2.0, 3.0)]
    routes = [{"model": versions[0], "weight": 90}, {"model": versions[1], "weight": 10}]
    late = {"routes": routes, "shadow": [versions[2]], "sticky": "tailnum"}
    team.want(
        "staging", FIRST, endpoints={"late-arrival": late, "briefing": {"pipeline": [{"endpoint": "late-arrival"}]}}
    )
    done = team.deploy()
    assert (done.result, done.why) == ("deployed", "") and done.smoke.rows == 4
    assert team.deploy().result == "unchanged"


def test_what_is_too_slow_is_put_back_without_a_restart(team):
    team.package(1.0)
    team.deploy()
    process = team.pid()
    team.package(2.0)
    done = team.deploy(limit=TOO_LITTLE)
    assert done.result == "failed" and f"{SECOND} is too slow" in done.why
    assert done.serves == f"{FIRST} serves on" and team.predict()["model"] == FIRST
    assert team.pid() == process
    assert [line["result"] for line in team.journal()] == ["deployed", "failed"] and team.journal()[-1]["smoke"] is None
    assert team.deploy().result == "deployed" and team.predict()["model"] == SECOND


def test_a_first_deploy_that_fails_leaves_nothing(team):
    team.package(1.0)
    assert team.deploy(limit=TOO_LITTLE).serves == "Nothing serves"
    assert team.client().status() is None
    assert team.deploy().result == "deployed"


@pytest.mark.parametrize(("limit", "result", "serves"), [(1000, "deployed", SECOND), (TOO_LITTLE, "failed", FIRST)])
def test_what_was_switched_but_not_tested_is_tested_by_the_next(team, limit, result, serves):
    team.package(1.0)
    team.deploy()
    team.package(2.0)
    killed(
        team.repository.root,
        "mlgitops.deploy.smoke:Smoke.test",
        "before",
        "deploy",
        "staging",
        "--root",
        str(team.root),
    )
    assert team.predict()["model"] == SECOND and len(team.journal()) == 1
    assert team.deploy(limit=limit).result == result
    assert team.predict()["model"] == serves
    assert bool(team.journal()[-1]["smoke"]) == (result == "deployed")
