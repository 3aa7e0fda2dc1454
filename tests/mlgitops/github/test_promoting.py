"""Promotions on GitHub: a small project whose versions are registered, staging that follows them, and production."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from loopback import GitHub
from loopback.tokens import Token
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.github.api import Api
from mlgitops.github.deployments import Ledger
from mlgitops.github.promoting import promote
from mlgitops.repository.lock import Lock
from tests.mlgitops.compare.project import Project
from tests.mlgitops.github.conftest import NAME
from tests.repositories import IDENTITY

pytestmark = pytest.mark.slow
GRANTED = {"checks": "write", "contents": "write", "deployments": "write", "pull-requests": "write"}
HEAD = "service: team.service\naddress: 127.0.0.1:{}\n"
STAGING = HEAD.format(8081) + "endpoints:\n  late: {routes: [{model: m@latest}]}\n"
PRODUCTION = HEAD.format(8080) + "after: staging\nendpoints:\n  late:\n    routes:\n      - {model: m@v0.1.0} # all\n"
PATH = "environments/production.yaml"


@dataclass
class Team:
    """What happens: versions are registered on main, and each time the job of deploy.yml runs."""

    github: GitHub
    project: Project

    @property
    def origin(self):
        return self.github.hub.repositories[NAME]

    def register(self, version: str, noise: float, *, served: bool = True) -> None:
        """served: by staging, which tells GitHub."""
        self.project.train(noise)
        self.project.must("dvc", "push", "--quiet")
        repository = self.project.repository
        digest = Lock.read(repository, "HEAD").outs["models/m"].digest
        repository.git("tag", "--annotate", "-m", f"Register\n\ndigest: {digest}\npath: models/m", f"m@{version}")
        repository.git("push", "--quiet", "origin", "HEAD:main", f"m@{version}")
        if served:
            wanted = Serving({f"m@{version}": digest}, {"late": Endpoint([Route(f"m@{version}")])})
            ledger = Ledger("staging", Api())
            ledger.begin(repository.rev_parse("HEAD"), wanted)
            ledger.finish("success", "Smoke test: passed", "http://127.0.0.1:8081")
            assert not ledger.refused

    def edit(self, path: str, old: str, new: str) -> None:
        """What somebody merges."""
        repository = self.project.repository
        repository.git("fetch", "--quiet", "origin", "main")
        repository.git("reset", "--quiet", "--hard", "FETCH_HEAD")
        file = self.project.root / path
        file.write_text(file.read_text().replace(old, new))
        self.project.commit()
        repository.git("push", "--quiet", "origin", "HEAD:main")

    def promote(self, name: str = "production") -> list[str]:
        return promote(Api(), self.project.repository, name, [self.project.root / "gates.yaml"])

    @property
    def pull(self) -> dict:
        """The newest pull request."""
        return self.origin.pulls[-1]

    @property
    def comment(self) -> str:
        (found,) = self.github.comments(self.origin, self.pull["number"])
        return found["body"]

    @property
    def check(self) -> str:
        return self.github.checks(self.origin, self.pull["head"]["sha"])["mlgitops/verdict"]["conclusion"]


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    with GitHub(tmp_path / "github") as github:
        origin = github.create_repository(NAME)
        token = github.hub.admit(Token("github-actions[bot]", NAME, dict(GRANTED), workflow=True))
        given = {"GITHUB_TOKEN": token.value, "GITHUB_REPOSITORY": NAME, "GITHUB_RUN_ID": "9"}
        for name, value in (github.environment(origin) | given).items():
            if not name.startswith("GIT_CONFIG"):
                monkeypatch.setenv(name, value)
        project = Project(tmp_path / "work")
        project.root.mkdir()
        project.create()
        project.must("git", "switch", "--quiet", "main")
        (tmp_path / "store").mkdir()
        project.must("dvc", "remote", "add", "--quiet", "--default", "store", str(tmp_path / "store"))
        for path, text in {"environments/staging.yaml": STAGING, PATH: PRODUCTION}.items():
            project.write(path, text)
        project.commit()
        project.must("git", "remote", "add", "origin", origin.url)
        team = Team(github, project)
        team.register("v0.1.0", noise=0.5)
        yield team


def test_a_newer_version_is_proposed_and_compared_with_what_serves(team: Team, capsys) -> None:
    assert team.promote() == [] and "Nothing to promote to production." in capsys.readouterr().out
    team.register("v0.1.1", noise=0.1)
    team.promote()
    assert team.pull["title"] == "Promote m v0.1.1 to production"
    assert "| `late` | `m@v0.1.0` | `m@v0.1.1` |" in team.pull["body"]
    assert [label["name"] for label in team.pull["labels"]] == ["promotion"]
    branch = team.pull["head"]["ref"]
    assert team.origin.changed("main", branch) == [PATH]
    assert team.origin.read(branch, PATH) == PRODUCTION.replace("v0.1.0", "v0.1.1").strip()
    assert "### A merge deploys `production`" in team.comment and "Refused" not in team.comment
    assert "✅ Ready" in team.comment and "`production`" in team.comment and "m@v0.1.1" in team.comment
    assert "**Changes protected paths**: `environments/production.yaml`" in team.comment
    assert team.check == "success"


def test_what_staging_has_not_served_is_not_proposed_yet(team: Team, capsys) -> None:
    team.register("v0.1.1", noise=0.1, served=False)
    assert team.promote() == ["Promote m v0.1.1 to production: not yet, staging has not served and smoke-tested it"]
    assert team.origin.pulls == []


def test_a_newer_registration_updates_the_same_pull_request(team: Team) -> None:
    team.register("v0.1.1", noise=0.1)
    team.promote()
    first = team.pull["head"]["sha"]
    team.promote()
    assert team.pull["head"]["sha"] == first
    team.register("v0.2.0", noise=0.9)
    team.promote()
    assert len(team.origin.pulls) == 1 and team.pull["head"]["sha"] != first
    assert team.pull["title"] == "Promote m v0.2.0 to production"
    assert "m@v0.2.0" in team.origin.read(team.pull["head"]["ref"], PATH)
    assert "Do not merge" in team.comment and team.check == "failure"


def test_what_was_merged_and_taken_back_is_not_proposed_again(team: Team, capsys) -> None:
    team.register("v0.1.1", noise=0.1)
    team.promote()
    team.github.merge_pull(team.origin, team.pull["number"])
    assert team.promote() == []
    team.edit(PATH, "v0.1.1", "v0.1.0")
    (said,) = team.promote()
    assert "somebody decided on that before" in said and team.pull["html_url"] in said
    assert len(team.origin.pulls) == 1


def test_what_main_names_already_is_closed(team: Team) -> None:
    team.register("v0.1.1", noise=0.1)
    team.promote()
    team.edit(PATH, "v0.1.0", "v0.1.1")
    assert team.promote() == ["Closed #1: nothing to promote there any more"]
    assert team.pull["state"] == "closed"


def test_what_is_checked_out_may_be_older_than_main(team: Team) -> None:
    team.register("v0.1.1", noise=0.1)
    old = team.project.repository.rev_parse("HEAD")
    team.edit(PATH, "8080", "9090")
    team.project.repository.git("checkout", "--quiet", "--detach", old)
    team.promote()
    assert "9090" in team.origin.read(team.pull["head"]["ref"], PATH)
    assert team.origin.changed("main", team.pull["head"]["ref"]) == [PATH]


def test_with_a_ramp_the_version_gets_its_first_share(team: Team) -> None:
    team.edit(PATH, "  late:\n", "  late:\n    ramp: [10, 50, 100]\n")
    team.register("v0.1.1", noise=0.1)
    team.promote()
    after = team.origin.read(team.pull["head"]["ref"], PATH)
    assert "- {model: m@v0.1.0, weight: 90} # all\n      - {model: m@v0.1.1, weight: 10}" in after
    assert "`m@v0.1.0 90 %, m@v0.1.1 10 %`" in team.pull["body"]


def test_where_nothing_serves_yet_it_is_a_first_result(team: Team) -> None:
    team.edit(PATH, "v0.1.0", "v0.0.9")
    team.register("v0.1.1", noise=0.1)
    team.promote()
    assert "First result" in team.comment and team.check == "success"


def test_a_comparison_that_can_t_run_is_no_verdict(team: Team) -> None:
    team.register("v0.1.1", noise=0.1)
    team.edit("gates.yaml", "project.py --model", "nothing.py --model")
    team.promote()
    assert "No verdict" in team.comment and "could not score these rows" in team.comment
    assert team.check == "failure"


def test_a_persons_work_on_the_branch_stays(team: Team) -> None:
    team.register("v0.1.1", noise=0.1)
    team.promote()
    ref = f"refs/heads/{team.pull['head']['ref']}"
    tree = team.origin.git("rev-parse", "m@v0.1.0^{tree}")
    mine = team.origin.git("commit-tree", tree, "-p", ref, "-m", "Not yet", env=IDENTITY)
    team.origin.set_ref(ref, mine)
    team.register("v0.2.0", noise=0.2)
    with pytest.raises(CheckFailed, match="A person has committed to this branch"):
        team.promote()
    assert team.origin.find(ref) == mine


def test_an_environment_after_no_other_takes_no_promotions(team: Team) -> None:
    with pytest.raises(CannotCheck, match="Nothing can be promoted to an environment that comes after no other"):
        team.promote("staging")
