"""GitHub's record of what an environment served, as a deploy's job writes and reads it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loopback import GitHub
from loopback.hub import Fault
from loopback.repository import Repository as Origin
from loopback.tokens import Token
from mlgitops.deploy.served import Evidence
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.github.api import Api
from mlgitops.github.deployments import Ledger
from mlgitops.repository.git import Repository
from tests.repositories import commit

NAME = "acme/flights"
URL = "http://127.0.0.1:8081"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHub]:
    with GitHub(tmp_path / "github") as github:
        yield github


@pytest.fixture
def origin(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Origin:
    """The repository at the hub; the job's environment is set, its token has what deploy.yml grants."""
    origin = github.create_repository(NAME)
    granted = {"contents": "read", "deployments": "write"}
    token = github.hub.admit(Token("github-actions[bot]", NAME, granted, workflow=True))
    job = {"GITHUB_TOKEN": token.value, "GITHUB_REPOSITORY": NAME, "GITHUB_RUN_ID": "77"}
    for name, value in (github.environment(origin) | job).items():
        if not name.startswith("GIT_CONFIG"):
            monkeypatch.setenv(name, value)
    laptop = Repository(tmp_path / "laptop")
    laptop.root.mkdir()
    laptop.git("init", "--quiet")
    commit(laptop, {"README.md": "# Work\n"})
    laptop.git("push", "--quiet", str(origin.path), "HEAD:refs/heads/main")
    return origin


def serving(version: str, digest: str = "1", **endpoint: object) -> Serving:
    model = f"late@{version}"
    routed = Endpoint(**({"routes": [Route(model)]} | endpoint))
    return Serving({model: f"md5:{digest * 32}"}, {"late": routed})


def deployed(origin: Origin, wanted: Serving, state: str = "success", environment: str = "staging") -> None:
    ledger = Ledger(environment, Api())
    ledger.begin(origin.find("refs/heads/main"), wanted)
    ledger.finish(state, "Smoke test: 5 rows", URL)
    assert ledger.refused == []


def test_a_deploy_is_a_deployment_with_its_statuses(origin: Origin) -> None:
    deployed(origin, serving("v0.1.0"))
    (deployment,), (success, begun) = origin.deployments, origin.deployment_statuses[::-1]
    assert (deployment["task"], deployment["environment"]) == ("serve", "staging")
    assert deployment["sha"] == origin.find("refs/heads/main")
    assert deployment["payload"]["models"] == {"late@v0.1.0": "md5:" + "1" * 32}
    assert (begun["state"], success["state"]) == ("in_progress", "success")
    assert (success["environment_url"], success["description"]) == (URL, "Smoke test: 5 rows")
    assert success["log_url"] == f"https://github.com/{NAME}/actions/runs/77"


def test_the_newest_success_is_what_serves(origin: Origin) -> None:
    assert Ledger("staging", Api()).newest() is None
    deployed(origin, serving("v0.1.0"))
    deployed(origin, serving("v0.1.1"), "failure")
    deployed(origin, serving("v0.1.2"), environment="production")
    found = Ledger("staging", Api()).newest()
    assert found.serving == serving("v0.1.0") and found.commit == origin.find("refs/heads/main")


def test_served_is_what_succeeded_with_that_digest_and_in_its_routes(origin: Origin) -> None:
    deployed(origin, serving("v0.1.0"))
    deployed(origin, serving("v0.1.1"), "failure")
    deployed(origin, serving("v0.1.2", routes=[], shadow=["late@v0.1.2"]))
    deployed(origin, serving("v0.1.3"), environment="production")
    asked = {f"late@v0.1.{n}": "md5:" + "1" * 32 for n in range(4)}
    ledger = Ledger("production", Api()).of("staging")
    assert ledger.served(asked) == {"late@v0.1.0"}
    assert ledger.served({"late@v0.1.0": "md5:" + "2" * 32}) == set()
    assert ledger.served({}) == set()


def test_on_a_machine_without_a_journal_github_is_the_evidence(origin: Origin, tmp_path: Path) -> None:
    """As between the jobs of runners that are thrown away: staging's is gone when production's begins."""
    deployed(origin, serving("v0.1.0"))
    evidence = Evidence.of("staging", tmp_path, Ledger("production", Api()))
    assert evidence.is_there
    assert evidence.missing(serving("v0.1.0").models | serving("v0.1.1").models) == ["late@v0.1.1"]


def test_a_success_that_a_later_one_made_inactive_counts(origin: Origin) -> None:
    deployed(origin, serving("v0.1.0"))
    Api().call("POST", f"deployments/{origin.deployments[0]['id']}/statuses", json={"state": "inactive"})
    assert Ledger("staging", Api()).served(serving("v0.1.0").models) == {"late@v0.1.0"}


def test_who_finds_it_early_reads_no_further(origin: Origin, github: GitHub) -> None:
    for _ in range(3):
        deployed(origin, serving("v0.1.0"))
    lines = github.root / "proxy.jsonl"
    before = len(lines.read_text().splitlines())
    Ledger("staging", Api()).served(serving("v0.1.0").models)
    assert len(lines.read_text().splitlines()) - before <= 2


def test_what_a_job_that_died_has_left_is_ended_by_the_next(origin: Origin) -> None:
    Ledger("staging", Api()).begin(origin.find("refs/heads/main"), serving("v0.1.0"))
    died = origin.deployments[0]["url"]
    deployed(origin, serving("v0.1.1"))
    states = [status["state"] for status in origin.deployment_statuses if status["deployment_url"] == died]
    assert states == ["in_progress", "error"]


@pytest.mark.parametrize("payload", [{}, "none", {"models": 1, "endpoints": {}}, {"models": {}, "endpoints": {"a": 1}}])
def test_deployments_of_others_are_passed_over(origin: Origin, payload: object) -> None:
    deployed(origin, serving("v0.1.0"))
    fields = {"ref": "main", "environment": "staging", "task": "serve", "payload": payload}
    made = Api().call("POST", "deployments", json=fields)
    Api().call("POST", f"deployments/{made['id']}/statuses", json={"state": "success"})
    assert Ledger("staging", Api()).newest().serving == serving("v0.1.0")


@pytest.mark.parametrize("call", [r"POST .*/deployments$", r"POST .*/statuses$", r"GET .*/deployments\b.*"])
def test_what_github_refuses_is_noted_and_stops_nothing(origin: Origin, github: GitHub, call: str) -> None:
    github.hub.faults = [Fault(call, 403)]
    ledger = Ledger("staging", Api())
    ledger.begin(origin.find("refs/heads/main"), serving("v0.1.0"))
    ledger.finish("success", "", URL)
    assert ledger.refused and "GitHub refused a call" in ledger.refused[0]


def test_outside_a_job_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    ledger = Ledger.here("staging")
    ledger.begin("0" * 40, serving("v0.1.0"))
    ledger.finish("success", "", URL)
    assert (ledger.newest(), ledger.served({"late@v0.1.0": "md5"}), ledger.refused) == (None, set(), [])
