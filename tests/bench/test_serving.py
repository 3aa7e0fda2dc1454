"""What the section about the service says, and that servers of another model are not compared."""

import json

import pytest

from bench import rounds, servers, serving
from bench.load import Load
from bench.rounds import Found, Sample


def load(rate: float) -> Load:
    return Load(rate=rate, failed=0, p50=1.0, p99=2.0, busy=0.25)


def sample(rate: float, cpu: float) -> Sample:
    return Sample(
        start=1.5,
        single=load(rate),
        half=load(rate / 2),
        many=load(rate / 50),
        cpu=cpu,
        megabytes=120,
        most_megabytes=140,
    )


@pytest.fixture
def found() -> Found:
    samples = {
        "this service": [sample(6000, 0.15), sample(8000, 0.1), sample(7000, 0.12)],
        "MLflow": [sample(150, 6), sample(160, 6), sample(140, 6)],
        "BentoML": [sample(1000, 1), sample(1000, 1), sample(1000, 1)],
    }
    workers = {1: [(load(7000), 0.12)], 2: [(load(12000), 0.125)]}
    return Found(samples, 2, live=[load(12000)] * 3, constant=[load(28000)] * 3, workers=workers)


def test_ratios_are_those_of_each_round(found):
    text = serving.section(found, "2 cores")
    for said in ("| **50×** | 40× |", "| **7.0×** | 5× |", "(12,000/s) | **0.58** | 0.4 |", "(28,000/s) | **0.25** |"):
        assert said in text
    assert "by CPU time for a single row they are 50× and 8.3×" in text.replace("\n", " ")
    assert "| Single rows, requests/s | 7,000 | 150 | 1,000 |" in text
    assert "2 answer 12,000" in text and "0.125 ms with 2" in text


def test_bars_have_one_scale(found):
    bars = serving.section(found, "2 cores").split("```")[1].splitlines()[2:]
    assert [line.count("█") for line in bars] == [40, 1, 6]


def test_what_is_found_can_be_kept(found):
    assert json.loads(json.dumps(found, default=vars))["servers"]["MLflow"][0]["single"]["rate"] == 150


@pytest.mark.parametrize("scores", [[0.1, 0.2001], [0.1], [0.1, 0.2, 0.3]])
def test_another_model_is_not_compared(scores):
    server = servers.Server("other", [], "/", lambda rows: b"", lambda answer: [])
    rounds.require_same([0.1, 0.2], [0.1, 0.200001], server)
    with pytest.raises(RuntimeError, match="other gives other scores"):
        rounds.require_same([0.1, 0.2], scores, server)


@pytest.mark.parametrize("name", ["mlflow", "bentoml"])
def test_the_packages_of_a_peer_are_locked_by_hash(name):
    wanted = (servers.PEERS / f"{name}.in").read_text()
    lock = (servers.PEERS / f"{name}.lock").read_text()
    pinned = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert all("==" in line for line in pinned) and "://" not in lock
    assert lock.count("--hash=sha256:") >= len(pinned)
    for line in wanted.splitlines():
        assert line.startswith("#") or any(each.startswith(f"{line.split('==')[0]}==") for each in pinned)
