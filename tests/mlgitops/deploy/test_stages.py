"""The order of stages and of commits: what staging has not served waits, and what is older is skipped."""

import pytest

from tests.repositories import commit

pytestmark = pytest.mark.slow
FIRST, SECOND = "late-arrival@v0.1.0", "late-arrival@v0.1.1"


def test_production_takes_what_staging_has_served_and_however_long_ago(team):
    team.package(1.0)
    team.want("production", FIRST, after="staging")
    refused = team.deploy("production")
    assert refused.result == "failed" and team.client("production").status() is None
    assert refused.why == (f"staging has not served and smoke-tested it yet: {FIRST}. Deploy it to staging first")
    team.deploy("staging")
    assert team.deploy("production").result == "deployed"
    team.package(2.0)
    team.want("production", SECOND, after="staging")
    assert team.deploy("production").result == "failed" and team.predict("production")["model"] == FIRST
    team.deploy("staging")
    assert team.deploy("production").result == "deployed" and team.predict("production")["model"] == SECOND
    team.repository.git("revert", "--no-edit", "HEAD")
    assert team.deploy("production").result == "deployed" and team.predict("production")["model"] == FIRST


def test_what_production_serves_already_needs_no_proof_again(team):
    team.package(1.0)
    team.want("production", FIRST)
    team.deploy("production")
    team.want("production", FIRST, after="staging", workers=1)
    assert team.deploy("production").result == "unchanged"


def test_an_older_deploy_that_runs_again_is_skipped_and_says_so(team):
    team.package(1.0)
    team.want("production", FIRST)
    team.deploy("production")
    team.package(2.0)
    team.want("production", SECOND)
    team.deploy("production")
    newest = team.repository.rev_parse("HEAD")
    team.repository.git("checkout", "--quiet", "HEAD~1")
    done = team.deploy("production")
    assert done.result == "skipped" and team.predict("production")["model"] == SECOND
    (line,) = done.lines()
    assert f"is older than {newest[:12]}, deployed before it; {SECOND} serves on" in line and line in done.markdown()
    assert team.journal("production")[-1]["result"] == "skipped"
    team.repository.git("checkout", "--quiet", newest)
    assert team.deploy("production").result == "unchanged"


def test_a_deploy_that_never_ran_is_older_than_what_found_nothing_to_change(team):
    """A promotion whose job was lost, and its revert, which changed nothing: the job that runs at last is too late."""
    team.package(1.0)
    team.package(2.0)
    team.want("production", FIRST)
    team.deploy("production")
    team.want("production", SECOND)
    lost = team.repository.rev_parse("HEAD")
    team.repository.git("revert", "--no-edit", "HEAD")
    assert team.deploy("production").result == "unchanged"
    team.repository.git("checkout", "--quiet", lost)
    assert team.deploy("production").result == "skipped"
    assert team.predict("production")["model"] == FIRST


def test_a_rewritten_history_is_deployed_and_said(team):
    team.package(1.0)
    team.want("production", FIRST)
    team.deploy("production")
    old = team.repository.rev_parse("HEAD")
    team.repository.git("commit", "--quiet", "--amend", "-m", "The same by another name")
    commit(team.repository, {"environments/production.yaml": other_weight(team)})
    done = team.deploy("production")
    assert (
        done.result == "unchanged" and f"{old[:12]}, which was deployed before, is not in the history" in done.notes[0]
    )
    assert done.notes[0] in done.markdown() and done.notes[0] in done.lines()


def other_weight(team) -> str:
    return (team.repository.root / "environments/production.yaml").read_text() + "# the same\n"
