"""What a merge would deploy, told before it."""

import subprocess
from pathlib import Path

import pytest
import yaml

from mlgitops.deploy.plan import Plan
from mlgitops.deploy.planner import Planner
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.github.deployments import Ledger
from mlgitops.repository.git import Repository
from mlgitops.versions.tagging import push
from mlgitops.versions.tags import Tag
from tests.mlgitops.deploy.test_served import line
from tests.repositories import commit


@pytest.fixture
def versions(repository: Repository) -> list[str]:
    """Two registered versions of `late`, and the digests that they have."""
    digests = []
    for number in range(2):
        md5 = f"{number + 1}" * 32
        outs = [{"path": "models/late", "md5": f"{md5}.dir", "size": 1, "nfiles": 1}]
        head = commit(
            repository, {"dvc.lock": yaml.safe_dump({"schema": "2.0", "stages": {"package": {"outs": outs}}})}
        )
        repository.git("push", "--quiet", "origin", "HEAD:main")
        digests.append(f"md5:{md5}")
        assert push(repository, Tag("late", (0, 1, number), head, {"digest": digests[-1]})) is None
    return digests


def environment(*models: str, **more: object) -> bytes:
    share = 100 // len(models)
    routes = [{"model": model, "weight": share} for model in models]
    whole = {"service": "flights.service", "address": "127.0.0.1:8080", "endpoints": {"late": {"routes": routes}}}
    return yaml.safe_dump(whole | more).encode()


def planned(repository: Repository, base: bytes | None, head: bytes | None, root: Path = Path("nowhere")) -> Plan:
    return Planner(repository, root, Ledger("production")).plan("production", base, head)


def test_from_one_version_to_two(repository: Repository, versions: list[str]) -> None:
    found = planned(repository, environment("late@v0.1.0"), environment("late@v0.1.0", "late@v0.1.1"))
    assert [each.kind for each in found.changes] == ["changed"] and not found.refused
    assert found.lines() == [
        "production, from the base:",
        "  late (changed): late@v0.1.0 → late@v0.1.0 50 %, late@v0.1.1 50 %",
        f"  late@v0.1.0: {versions[0]}",
        f"  late@v0.1.1: {versions[1]}",
    ]


def test_endpoints_that_come_and_go(repository: Repository, versions: list[str]) -> None:
    other = {"slow": {"routes": [{"model": "late@v0.1.1"}]}}
    found = planned(repository, environment("late@v0.1.0"), environment("late@v0.1.0", endpoints=other))
    assert [(each.endpoint, each.kind) for each in found.changes] == [("slow", "new"), ("late", "removed")]


def test_nothing_to_change_and_a_ramp_changes_nothing(repository: Repository, versions: list[str]) -> None:
    ramped = {"late": {"routes": [{"model": "late@v0.1.0"}], "ramp": [50, 100]}}
    found = planned(repository, environment("late@v0.1.0"), environment("late@v0.1.0", endpoints=ramped))
    assert [each.kind for each in found.changes] == ["unchanged"]


def test_a_restart_is_said(repository: Repository, versions: list[str]) -> None:
    found = planned(repository, environment("late@v0.1.0"), environment("late@v0.1.0", workers=4))
    assert found.notes == ("workers: 1 → 4; the service is restarted.",)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (environment("late@v9.9.9"), "No such version is registered: late@v9.9.9. The newest is late@v0.1.1"),
        (environment("late@v0.1.0", "late@v0.1.0"), "late@v0.1.0 is there twice; keep one"),
        (environment("late@latest", after="staging"), "late@latest can't be reviewed"),
        (environment("late@v0.1.0", port=1), "unknown field `port`"),
        (b"endpoints: [", "environments/production.yaml:2"),
        (b"\xff", "environments/production.yaml"),
    ],
)
def test_refused(repository: Repository, versions: list[str], head: bytes, why: str) -> None:
    found = planned(repository, environment("late@v0.1.0"), head)
    assert why in found.refused and found.lines()[-1] == f"  refused: {found.refused}"
    assert list(found.before.models) == ["late@v0.1.0"]


def test_a_moved_tag_is_refused(repository: Repository, versions: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    base = planned(repository, None, environment("late@v0.1.0")).after
    was = {"late@v0.1.0": "md5:" + "f" * 32}
    planner = Planner(repository, Path("nowhere"), Ledger("production"))
    before = Plan(environment="production", before=type(base)(was, base.endpoints))
    monkeypatch.setattr(Planner, "_before", lambda *_: before)
    assert "The tag of a version was moved" in planner.plan("production", None, environment("late@v0.1.0")).refused


def test_a_version_that_staging_has_not_served_is_refused(
    repository: Repository, versions: list[str], tmp_path: Path
) -> None:
    base, head = environment("late@v0.1.0", after="staging"), environment("late@v0.1.1", after="staging")
    journal = tmp_path / "staging" / "deployments.jsonl"
    journal.parent.mkdir()
    journal.write_text(line(models={"late@v0.1.0": versions[0]}) + "\n")
    assert (
        "staging has not served and smoke-tested it yet: late@v0.1.1"
        in planned(repository, base, head, tmp_path).refused
    )
    assert not planned(repository, head, base, tmp_path).refused, "it has served the old one"
    assert not planned(repository, base, base, tmp_path).refused


def test_where_nobody_knows_what_staging_served_it_is_said(repository: Repository, versions: list[str]) -> None:
    found = planned(repository, environment("late@v0.1.0"), environment("late@v0.1.1", after="staging"))
    assert not found.refused and "is not known here" in found.notes[0]


def test_a_new_a_removed_and_an_unregistered_environment(repository: Repository, versions: list[str]) -> None:
    assert [each.kind for each in planned(repository, None, environment("late@latest")).changes] == ["new"]
    gone = planned(repository, environment("late@v0.1.0"), None)
    assert [each.kind for each in gone.changes] == ["removed"] and "until somebody stops it" in gone.notes[0]
    nothing = planned(repository, None, environment("other@latest"))
    assert nothing.notes == ("other has no registered version yet: nothing is done.",) and not nothing.refused


def test_a_file_that_is_broken_on_the_base_does_not_stop_its_mending(
    repository: Repository, versions: list[str]
) -> None:
    found = planned(repository, b"endpoints: 1\n", environment("late@v0.1.0"))
    assert not found.refused and [each.kind for each in found.changes] == ["new"]


def test_the_command_says_it_and_fails_where_a_deploy_would(repository: Repository, versions: list[str]) -> None:
    commit(repository, {"environments/production.yaml": environment("late@v0.1.0").decode()})
    repository.git("push", "--quiet", "origin", "HEAD:main")
    commit(repository, {"environments/production.yaml": environment("late@v9.9.9").decode()})

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["mlgitops", "plan", *words], cwd=repository.root, capture_output=True, text=True)

    done = run()
    assert done.returncode == 1 and "late (changed): late@v0.1.0 → late@v9.9.9" in done.stdout
    assert "refused: No such version is registered" in done.stdout and not done.stderr
    repository.git("reset", "--quiet", "--hard", "HEAD^")
    assert run("production").returncode == 0


def test_an_endpoint_in_words() -> None:
    routes = [Route("late@v0.1.0", 90), Route("late@v0.1.1", 10)]
    assert str(Endpoint(routes=routes)) == "late@v0.1.0 90 %, late@v0.1.1 10 %"
