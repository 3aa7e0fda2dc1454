"""What an administrator switches on: printed for GitHub's own tool, or made, and made again without a change."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from loopback.hub import Fault
from mlgitops.cli import app
from mlgitops.errors import CannotCheck
from mlgitops.github import check, settings
from tests.mlgitops.github.conftest import NAME, Job
from tests.template import PROJECT

GH = f"""#!{sys.executable}
# Stands in for GitHub's tool: `gh api [--method M] PATH [--input -] [--jq .id]`, sent to the loopback.
import os, sys, httpx
words = sys.argv[2:]
method = words[words.index("--method") + 1] if "--method" in words else "GET"
path = next(word for word in words if word.startswith(("repos/", "users/", "orgs/")))
path = path.format(owner="acme", repo="flights")
answer = httpx.request(
    method, f"https://api.github.com/{{path}}", content=sys.stdin.read() if "--input" in words else None,
    headers={{"Authorization": f"Bearer {{os.environ['GITHUB_TOKEN']}}"}},
)
if answer.is_error:
    sys.exit(f"{{path}}: {{answer.status_code}}")
if "--jq" in words:
    print(answer.json()["id"])
"""


@pytest.fixture
def admin(job: Job, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The same repository with its owner's token, in a clone whose origin is on GitHub."""
    monkeypatch.setenv("GITHUB_TOKEN", job.github.people[NAME].value)
    monkeypatch.delenv("GITHUB_REPOSITORY")
    monkeypatch.chdir(job.checkout.root)
    return job


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["github-settings", *arguments])


def test_all_is_made_and_made_again_without_a_change(admin: Job) -> None:
    first = run("--apply", "--reviewer", "ada", "--reviewer", "acme/ml")
    made = copy.deepcopy(admin.origin.settings)
    second = run("--apply", "--reviewer", "ada", "--reviewer", "acme/ml")
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert first.stdout == second.stdout
    assert first.stdout.count("done  ") == len(settings.wanted())
    assert admin.origin.settings == made


def test_what_is_made(admin: Job) -> None:
    run("--apply", "--reviewer", "ada")
    found = admin.origin.settings
    rules = {
        ruleset["name"]: {rule["type"]: rule.get("parameters") for rule in ruleset["rules"]}
        for ruleset in found["rulesets"]
    }
    (required,) = rules["mlgitops main"]["required_status_checks"]["required_status_checks"]
    assert required == {"context": check.NAME, "integration_id": 15368}
    assert rules["mlgitops main"]["pull_request"]["require_code_owner_review"]
    assert {"update", "deletion"} <= set(rules["mlgitops versions"])
    assert {"deletion", "non_fast_forward"} == set(rules["mlgitops storage"])
    production = found["environments"]["production"]
    assert [reviewer["type"] for reviewer in production["reviewers"]] == ["User"]
    assert [policy["name"] for policy in production["policies"]] == ["main"]
    assert found["actions/permissions/workflow"]["default_workflow_permissions"] == "read"
    assert found["actions/permissions/workflow"]["can_approve_pull_request_reviews"]  # which is to open them, too
    assert found["actions/permissions"]["sha_pinning_required"] and "immutable-releases" in found


def test_a_ruleset_that_somebody_weakened_is_as_it_was(admin: Job) -> None:
    run("--apply")
    admin.origin.settings["rulesets"][0].update(enforcement="disabled", rules=[])
    assert run("--apply").exit_code == 0
    assert len(admin.origin.settings["rulesets"]) == 4
    assert admin.origin.settings["rulesets"][0]["enforcement"] == "active"
    assert len(admin.origin.settings["rulesets"][0]["rules"]) == 4


def test_what_a_plan_lacks_is_one_line_and_the_rest_is_made(admin: Job) -> None:
    plan = "Upgrade to GitHub Pro or make this repository public to enable this feature."
    admin.github.hub.faults = [Fault("(GET|POST) .*/rulesets", 403, message=plan)]
    done = run("--apply")
    refused = [line for line in done.stdout.splitlines() if line.startswith("refused")]
    assert len(refused) == 4 and all(plan in line for line in refused)
    assert done.stdout.count("done  ") == len(settings.wanted()) - 4
    assert done.exception.exit_code == 1 and "GitHub refused 4 of" in str(done.exception)
    assert "Nobody has to approve a deployment to production" in done.stdout


def test_a_jobs_token_may_set_nothing(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(job.checkout.root)
    done = run("--apply")
    assert done.exception.exit_code == 1 and "done  " not in done.stdout
    assert job.origin.settings == {}


def test_the_printed_commands_make_the_same(admin: Job, tmp_path: Path) -> None:
    run("--apply", "--reviewer", "ada", "--reviewer", "acme/ml")
    applied = without_ids(admin.origin.settings)
    admin.origin.settings.clear()
    tool = tmp_path / "bin" / "gh"
    tool.parent.mkdir()
    tool.write_text(GH)
    tool.chmod(0o755)
    script = run("--reviewer", "ada", "--reviewer", "acme/ml").stdout
    path = f"{tool.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["bash", "-e"], input=script, env=os.environ | {"PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert without_ids(admin.origin.settings) == applied


def without_ids(found: dict) -> dict:
    """All that was set, but for the ids that the hub gave."""
    text = json.dumps(found["rulesets"] + [one["policies"] for one in found["environments"].values()])
    ids = {str(id) for id in range(1000, 1100) if f'"id": {id}' in text}
    whole = json.dumps(found)
    for id in ids:
        whole = whole.replace(f'"id": {id}', '"id": 0')
    return json.loads(whole)


def test_a_jobs_approval_counts_nowhere() -> None:
    """It may open pull requests, which GitHub allows together with approving: so each path has an owner, who must."""
    lines = (PROJECT / ".github" / "CODEOWNERS").read_text().splitlines()
    first = next(line for line in lines if line and not line.startswith("#"))
    assert first.split() == ["*", "@{{", "cookiecutter.owner", "}}"]
    owned = [line.split() for line in lines if line and not line.startswith("#")]
    assert all(len(entry) > 1 for entry in owned)  # a path without an owner would be one again
    (main,) = [one for one in settings.wanted() if (one.body or {}).get("name") == "mlgitops main"]
    (review,) = [rule["parameters"] for rule in main.body["rules"] if rule["type"] == "pull_request"]
    assert review["require_code_owner_review"] and review["required_approving_review_count"] >= 1


@pytest.mark.parametrize("name", ["$(touch x)", "a/b/c", "-x", "a b", "ada\n"])
def test_a_reviewer_is_a_login_or_a_team(name: str) -> None:
    with pytest.raises(CannotCheck, match="--reviewer takes a login"):
        settings.Reviewer(name)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/flights.git",
        "https://github.com/acme/flights",
        "git@github.com:acme/flights.git",
        "ssh://git@github.com/acme/flights",
    ],
)
def test_the_repository_is_origin(admin: Job, url: str) -> None:
    admin.checkout.git("remote", "set-url", "origin", url)
    assert settings.api_of(admin.checkout).repository == NAME


def test_without_a_repository_or_a_token_nothing_is_tried(admin: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(CannotCheck, match="There is no token"):
        settings.api_of(admin.checkout)
    admin.checkout.git("remote", "set-url", "origin", "/srv/flights")
    with pytest.raises(CannotCheck, match="origin is not a repository on GitHub: /srv/flights"):
        settings.api_of(admin.checkout)
