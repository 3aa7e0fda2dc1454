"""What an operator trusts in: deploys at full load, a service that is killed, its key, its workers."""

import json
import os
import signal
import stat
import time
from pathlib import Path

import httpx
import pytest

from mlgitops.deploy import status
from mlgitops.deploy.supervisor import Supervisor
from tests.killed import killed
from tests.mlgitops.deploy.load import Load

pytestmark = pytest.mark.slow

REQUESTS = 50_000
KEY = "a-key-of-the-service-1"
ROW = {"carrier": "AA", "month": 6, "temp": 0.1}


@pytest.mark.parametrize("workers", [1, 2])
def test_fifty_thousand_requests_through_ten_deploys(team, workers):
    good = {team.package(slope): slope for slope in (1.0, 2.0, 3.0)}
    bad = team.package(4.0, recorded=0.9)
    one, two, three = good
    deploy(team, one, workers)
    with Load(team.ports["staging"], {model: score(team, slope) for model, slope in good.items()}) as load:
        for version in (two, three, bad, one):
            assert deploy(team, version, workers) == ("failed" if version == bad else "deployed")
        team.want("staging", two, workers=workers)
        call = "mlgitops.deploy.client:Client.reload"
        killed(team.repository.root, call, "after", "deploy", "staging", "--root", str(team.root))
        for version in (three, bad, one, two, three):
            assert deploy(team, version, workers) == ("failed" if version == bad else "deployed")
        while sum(load.answers.values()) < REQUESTS and not load.wrong:
            time.sleep(0.1)
    assert not load.wrong
    assert sum(load.answers.values()) >= REQUESTS and set(load.answers) == set(good)


def deploy(team, version: str, workers: int) -> str:
    team.want("staging", version, workers=workers)
    return team.deploy().result


def score(team, slope: float) -> float:
    return team.bundles.probability(ROW, slope)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_service_that_is_killed_answers_again_within_three_seconds(team, workers):
    deploy(team, team.package(1.0), workers)
    was, busy = team.pid(), os.getloadavg()[0] / os.cpu_count()
    os.kill(was, signal.SIGKILL)
    started = time.monotonic()
    while not answers(team):
        assert time.monotonic() - started < 3 * max(1, busy)  # a start is work, which a busy machine does later
        time.sleep(0.01)
    print(f"{workers} workers: answers again after {time.monotonic() - started:.2f} s")
    while team.pid() == was:
        time.sleep(0.05)
    assert team.deploy().result == "unchanged"


def answers(team) -> bool:
    try:
        return team.predict()["model"] == "late-arrival@v0.1.0"
    except httpx.TransportError:
        return False


def test_the_number_of_workers_follows_the_file(team):
    version = team.package(1.0)
    for workers in (2, 1):
        assert deploy(team, version, workers) == "deployed"
        children = Path(f"/proc/{team.pid()}/task/{team.pid()}/children").read_text().split()
        assert len(children) == (2 if workers == 2 else 0)
        assert team.deploy().result == "unchanged"


def test_the_key_reaches_the_service_and_nobody_else(team, monkeypatch):
    team.package(1.0)
    monkeypatch.setenv("SERVICE_API_KEY", KEY)
    assert team.deploy().result == "deployed"
    url = team.client().url
    assert httpx.get(f"{url}/status").status_code == 401
    assert httpx.get(f"{url}/status", headers={"X-API-Key": KEY}).status_code == 200
    config = team.root / "staging" / "supervisord.conf"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    others = [file for file in (team.root / "staging").rglob("*") if file.is_file() and file != config]
    assert not [file for file in others if KEY.encode() in file.read_bytes()]
    assert KEY not in Path(f"/proc/{team.pid()}/cmdline").read_text()
    os.kill(team.pid(), signal.SIGKILL)  # supervisord gives it the key again
    time.sleep(0.5)
    while team.client().status() is None:
        time.sleep(0.1)
    assert httpx.get(f"{url}/status").status_code == 401


def test_another_key_takes_effect_and_none_leaves_the_old_one(team, monkeypatch):
    team.package(1.0)
    monkeypatch.setenv("SERVICE_API_KEY", KEY)
    team.deploy()
    monkeypatch.setenv("SERVICE_API_KEY", KEY.upper())
    assert team.deploy().result == "deployed"
    monkeypatch.setenv("SERVICE_API_KEY", "")
    assert team.deploy().result == "unchanged"
    url = team.client().url
    assert [httpx.get(f"{url}/status", headers={"X-API-Key": key}).status_code for key in (KEY, KEY.upper())] == [
        401,
        200,
    ]
    assert status.every(team.root)[0].healthy, "who may read the configuration need not know the key"
    team.package(2.0)
    assert team.deploy().result == "deployed"


@pytest.mark.parametrize("key", ["short", "with a space in the middle", 'with-"quotes"-and-%-signs', "a" * 201])
def test_a_key_that_a_header_or_a_configuration_can_not_hold_is_refused(team, monkeypatch, key):
    team.package(1.0)
    monkeypatch.setenv("SERVICE_API_KEY", key)
    done = team.deploy()
    assert done.result == "failed" and "SERVICE_API_KEY can't be used" in done.why and key not in json.dumps(done.why)
    assert Supervisor(team.root / "staging").config is None
