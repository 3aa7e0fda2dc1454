"""Deploys as they happen: real supervisord, real service, real tags."""

import os
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from mlgitops.deploy import status
from mlgitops.versions import tags
from tests.killed import killed
from tests.repositories import commit

pytestmark = pytest.mark.slow


def test_first_deploy_then_nothing_to_change_then_the_next_version(team):
    first = team.package(1.0)
    assert team.deploy().result == "deployed"
    assert team.predict()["model"] == first == "late-arrival@v0.1.0"
    assert team.deploy().result == "unchanged"
    process = team.pid()
    second = team.package(2.0)
    done = team.deploy()
    assert ([*done.before.models], [*done.after.models]) == ([first], [second])
    assert team.predict()["probability"] == pytest.approx(
        team.bundles.probability({"carrier": "AA", "temp": 0.1}, 2.0), abs=1e-6
    )
    assert team.pid() == process, "the models are changed without a restart"
    lines = team.journal()
    assert [line["result"] for line in lines] == ["deployed", "deployed"]
    assert (list(lines[1]["before"]), list(lines[1]["models"])) == ([first], [second])


def test_a_bundle_that_does_not_give_its_golden_rows_is_refused_and_the_old_one_serves_on(team):
    team.package(1.0)
    team.deploy()
    team.package(2.0, recorded=0.9)
    done = team.deploy()
    assert done.result == "failed" and "golden row 1 gives" in done.why
    assert done.serves == "late-arrival@v0.1.0 serves on"
    assert team.predict()["model"] == "late-arrival@v0.1.0"
    assert not (team.root / "staging" / "next.json").exists()


def test_a_service_that_is_killed_comes_back_with_its_models(team):
    team.package(1.0)
    team.deploy()
    killed = team.pid()
    os.kill(killed, signal.SIGKILL)
    started = time.monotonic()
    while team.pid() in (None, killed) or team.client().status() is None:
        assert time.monotonic() < started + 10
        time.sleep(0.05)
    assert team.predict()["model"] == "late-arrival@v0.1.0"
    assert team.deploy().result == "unchanged"


def test_new_service_code_is_started_under_its_own_release(team):
    team.package(1.0)
    team.deploy()
    edit(team, "docs/openapi.py", '"Models in ', '"The models in ')
    assert team.deploy().result == "deployed"
    assert "The models in staging" in described(team)


def test_service_code_that_cannot_start_is_found_before_the_old_is_touched(team):
    team.package(1.0)
    team.deploy()
    process = team.pid()
    edit(team, "app.py", "from .http import routes", "from .http import nowhere")
    done = team.deploy()
    assert done.result == "failed" and "nowhere" in done.why
    assert team.pid() == process and team.predict()["model"] == "late-arrival@v0.1.0"


def test_service_code_that_proves_the_models_but_does_not_serve_is_taken_back(team):
    team.package(1.0)
    team.deploy()
    team.package(2.0)
    edit(team, "__main__.py", "    service = Service(", '    raise SystemExit("no way")\n    service = Service(')
    done = team.deploy()
    assert done.result == "failed" and "no way" in done.why
    assert str(done.after) == "late-arrival@v0.1.0" == team.predict()["model"]


def test_an_address_that_another_program_has_is_refused(team):
    team.package(1.0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", team.ports["staging"]))
        other.listen()
        done = team.deploy()
    assert done.result == "failed" and f"127.0.0.1:{team.ports['staging']}" in done.why
    assert done.serves == "Nothing serves"


def test_two_environments_and_a_revert(team):
    team.package(1.0)
    team.want("production", "late-arrival@v0.1.0")
    assert team.deploy("production").result == "deployed"
    team.package(2.0)
    team.want("production", "late-arrival@v0.2.0".replace("0.2.0", "0.1.1"))
    assert str(team.deploy("production").after) == "late-arrival@v0.1.1"
    team.repository.git("revert", "--no-edit", "HEAD")
    assert str(team.deploy("production").after) == "late-arrival@v0.1.0"
    assert str(team.deploy("staging").after) == "late-arrival@v0.1.1"
    assert [(found.name, found.healthy) for found in status.every(team.root)] == [
        ("production", True),
        ("staging", True),
    ]


def test_a_runner_that_is_thrown_away_rehearses(team, monkeypatch):
    team.package(1.0)
    monkeypatch.setenv("RUNNER_ENVIRONMENT", "github-hosted")
    done = team.deploy()
    assert done.result == "rehearsed" and "DEPLOY_RUNNER" in done.markdown()
    assert team.client().status() is None


def test_a_root_too_deep_for_a_socket(team):
    team.package(1.0)
    team.root = team.root / ("deep" * 30)
    assert team.deploy().result == "deployed"
    assert status.stop(team.root, "staging") and team.client().status() is None


def test_nothing_registered_is_no_error(team):
    done = team.deploy()
    assert done.result == "nothing" and "late-arrival has no registered version yet" in done.lines()[0]


def test_nothing_of_the_job_reaches_the_service(team, monkeypatch):
    monkeypatch.setenv("RUNNER_TRACKING_ID", "job-1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    team.package(1.0)
    team.deploy()
    environment = Path(f"/proc/{team.pid()}/environ")
    if not environment.exists():
        pytest.skip("no /proc on this system")
    assert not {b"RUNNER_TRACKING_ID", b"AWS_SECRET_ACCESS_KEY"} & {
        line.partition(b"=")[0] for line in environment.read_bytes().split(b"\0")
    }


def described(team) -> str:
    """The service's own description, made by its code; empty while it does not answer."""
    try:
        return httpx.get(f"{team.client().url}/openapi.json").text
    except httpx.TransportError:
        return ""


def edit(team, file: str, old: str, new: str) -> None:
    path = team.repository.root / "src" / "flights" / "service" / file
    assert old in path.read_text()
    commit(team.repository, {path.relative_to(team.repository.root).as_posix(): path.read_text().replace(old, new)})


def test_two_deploys_at_once_do_not_mix(team):
    team.package(1.0)
    team.deploy()
    team.package(2.0)
    with ThreadPoolExecutor() as both:
        results = [done.result for done in both.map(lambda _: team.deploy(), range(2))]
    assert sorted(results) == ["deployed", "unchanged"]


@pytest.mark.fault(
    "kill -9 in the middle of a switch", "the old model or the new one serves, and the next deploy ends it"
)
@pytest.mark.parametrize(
    ("call", "when", "serves"),
    [
        ("mlgitops.versions.bundle:fetch", "before", "late-arrival@v0.1.0"),
        ("mlgitops.deploy.client:Client.reload", "before", "late-arrival@v0.1.0"),
        ("mlgitops.deploy.client:Client.reload", "after", "late-arrival@v0.1.1"),
        ("mlgitops.deploy.journal:Deployment.append", "before", "late-arrival@v0.1.1"),
    ],
)
def test_a_deploy_killed_in_the_middle_is_finished_by_the_next(team, call, when, serves):
    team.package(1.0)
    team.deploy()
    team.package(2.0)
    killed(team.repository.root, call, when, "deploy", "staging", "--root", str(team.root))
    assert team.predict()["model"] == serves
    assert str(team.deploy().after) == "late-arrival@v0.1.1" == team.predict()["model"]
    assert team.deploy().result == "unchanged"


@pytest.mark.fault(
    "kill -9 in the middle of a switch", "the old code or the new one serves, and the next deploy ends it"
)
@pytest.mark.parametrize(
    ("when", "word", "title"),
    [("before", "", "Models in "), ("before", "restart", "Models in "), ("after", "restart", "The models in ")],
)
def test_a_change_of_code_killed_in_the_middle_is_finished_by_the_next(team, when, word, title):
    team.package(1.0)
    team.deploy()
    edit(team, "docs/openapi.py", '"Models in ', '"The models in ')
    call = "mlgitops.deploy.supervisor:Supervisor." + ("_ask" if word else "_write")
    killed(team.repository.root, call, when, "deploy", "staging", "--root", str(team.root), word=word)
    deadline = time.monotonic() + 20
    while f'"title":"{title}' not in described(team):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert team.predict()["model"] == "late-arrival@v0.1.0"
    assert str(team.deploy().after) == "late-arrival@v0.1.0"
    assert "The models in staging" in described(team)
    assert team.deploy().result == "unchanged"


@pytest.mark.fault("moved tag", "a version that serves is not deployed with another bundle")
def test_a_version_that_serves_keeps_its_bundle(team):
    version = team.package(1.0)
    team.deploy()
    team.package(2.0)
    newer = tags.here(team.repository, "late-arrival")[-1]
    for label in (version, newer.label):
        team.repository.git("push", "--quiet", "--delete", "origin", label)
        team.repository.git("tag", "--delete", label)
    lines = "".join(f"{key}: {value}\n" for key, value in newer.notes.items())
    team.repository.git("tag", "--annotate", version, "--message", f"{version}\n\n{lines}")
    team.repository.git("push", "--quiet", "origin", version)
    done = team.deploy()
    assert done.result == "failed" and f"tag of a version was moved: {version} was md5:" in done.why
    assert newer.digest not in team.client().status().serving.models.values()


def test_the_command_says_in_one_line_why_nothing_changed(team):
    team.package(1.0)
    team.want("production", "late-arrival@v9.0.0")
    done = subprocess.run(
        ["mlgitops", "deploy", "production", "--root", str(team.root)],
        cwd=team.repository.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "mlgitops: production was not changed: No such version is registered: late-arrival@v9.0.0. "
        "The newest is late-arrival@v0.1.0. Nothing serves"
    ]
