"""What act does not look at: when a workflow starts, what its jobs may do, and which of them wait for others."""

import re
from pathlib import Path

import pytest
import yaml

from mlgitops.github.override import LABEL
from mlgitops.github.pull import WORKFLOW as REPORTED
from tests.template import ACTIONS, PROJECT, ROOT, WORKFLOWS

TRUSTED = ("report.yml", "override.yml")
EVENTS = {
    "pull-request.yml": {"pull_request": None},
    "report.yml": {"workflow_run": {"workflows": ["Pull request"], "types": ["requested", "completed"]}},
    "override.yml": {"pull_request_target": {"types": ["labeled", "unlabeled"]}},
    "deploy.yml": {
        "push": {
            "branches": ["main"],
            "paths": ["deploy/**", "dvc.lock", "environments/**", "requirements.lock", "src/**"],
        }
    },
    "image.yml": {
        "workflow_call": {
            "inputs": {
                "environment": {
                    "description": "The environment's name, that of its file",
                    "required": True,
                    "type": "string",
                }
            }
        }
    },
    "rollback.yml": {
        "workflow_dispatch": {
            "inputs": {
                "environment": {
                    "description": "The environment whose last change is taken back",
                    "type": "environment",
                    "required": True,
                }
            }
        }
    },
    "test.yml": {"pull_request": None, "push": {"branches": ["main"]}},
    "audit.yml": {"schedule": [{"cron": "17 5 * * 1"}], "workflow_dispatch": None},
    "ramp.yml": {"schedule": [{"cron": "41 4 * * *"}], "workflow_dispatch": None},
}
PERMISSIONS = {
    ("pull-request.yml", "evaluate"): {"contents": "read"},
    ("report.yml", "report"): {
        "actions": "read",
        "checks": "write",
        "contents": "write",
        "deployments": "read",
        "pull-requests": "write",
    },
    ("report.yml", "announce"): {
        "actions": "read",
        "checks": "write",
        "contents": "read",
        "pull-requests": "write",
    },
    ("override.yml", "override"): {
        "actions": "read",
        "checks": "write",
        "contents": "read",
        "deployments": "read",
        "pull-requests": "write",
    },
    ("deploy.yml", "register"): {
        "attestations": "write",
        "checks": "read",
        "contents": "write",
        "id-token": "write",
        "pull-requests": "read",
    },
    ("deploy.yml", "staging"): {"contents": "read", "deployments": "write"},
    ("deploy.yml", "promote"): {
        "checks": "write",
        "contents": "write",
        "deployments": "read",
        "pull-requests": "write",
    },
    ("deploy.yml", "production"): {"contents": "read", "deployments": "write"},
    ("rollback.yml", "rollback"): {
        "checks": "write",
        "contents": "write",
        "deployments": "read",
        "pull-requests": "write",
    },
    ("image.yml", "image"): {
        "attestations": "write",
        "contents": "write",
        "id-token": "write",
        "packages": "write",
    },
    ("test.yml", "test"): {"contents": "read"},
    ("audit.yml", "audit"): {"contents": "read"},
    ("ramp.yml", "production"): {
        "checks": "write",
        "contents": "write",
        "deployments": "read",
        "pull-requests": "write",
    },
}
CONCURRENCY = {
    "pull-request.yml": {
        "group": "pull-request-${{ github.event.pull_request.number }}",
        "cancel-in-progress": True,
    },
    "report.yml": {
        "group": "report-${{ github.event.workflow_run.head_repository.full_name }}-"
        "${{ github.event.workflow_run.head_branch }}",
        "cancel-in-progress": False,
        "queue": "max",
    },
    "override.yml": {
        "group": "report-${{ github.event.pull_request.head.repo.full_name }}-"
        "${{ github.event.pull_request.head.ref }}",
        "cancel-in-progress": False,
        "queue": "max",
    },
    "deploy.yml": {"group": "deploy", "cancel-in-progress": False, "queue": "max"},
    "rollback.yml": {"group": "rollback", "cancel-in-progress": False},
    "image.yml": {"group": "image-${{ inputs.environment }}", "cancel-in-progress": False, "queue": "max"},
    "test.yml": {"group": "test-${{ github.ref }}", "cancel-in-progress": True},
    "audit.yml": {"group": "audit", "cancel-in-progress": False},
    "ramp.yml": {"group": "ramp", "cancel-in-progress": False},
}
PINNED = re.compile(r"uses: (?:\./\S+|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)( .*)?$")


def load(path: Path) -> dict:
    found = yaml.safe_load(path.read_text())
    return {("on" if key is True else key): value for key, value in found.items()}


WORKFLOW = {path.name: load(path) for path in sorted(WORKFLOWS.glob("*.yml"))}
ACTION = {path.parent.name: load(path) for path in sorted(ACTIONS.glob("*/action.yml"))}
FILES = [*sorted(WORKFLOWS.glob("*.yml")), *sorted(ACTIONS.glob("*/action.yml"))]


def jobs() -> list[tuple[str, str, dict]]:
    return [(name, key, job) for name, workflow in WORKFLOW.items() for key, job in workflow["jobs"].items()]


def steps() -> list[dict]:
    found = [step for _, _, job in jobs() for step in job["steps"]]
    return found + [step for action in ACTION.values() for step in action["runs"]["steps"]]


def test_every_workflow_is_described_here() -> None:
    assert set(WORKFLOW) == set(EVENTS) == set(CONCURRENCY)
    assert {(name, key) for name, key, _ in jobs()} == set(PERMISSIONS)


@pytest.mark.parametrize("name", WORKFLOW)
def test_events_and_their_filters(name: str) -> None:
    assert WORKFLOW[name]["on"] == EVENTS[name]


@pytest.mark.parametrize("name", WORKFLOW)
def test_nothing_is_allowed_at_the_top_and_the_least_in_each_job(name: str) -> None:
    assert WORKFLOW[name]["permissions"] == {}
    for key, job in WORKFLOW[name]["jobs"].items():
        assert job["permissions"] == PERMISSIONS[name, key]


@pytest.mark.parametrize("name", WORKFLOW)
def test_concurrency(name: str) -> None:
    assert WORKFLOW[name]["concurrency"] == CONCURRENCY[name]


@pytest.mark.parametrize("name", ["staging", "production"])
def test_a_deploy_is_told_to_github_by_itself_alone(name: str) -> None:
    """GitHub's own deployment would say neither what was deployed nor whether it was refused."""
    assert WORKFLOW["deploy.yml"]["jobs"][name]["environment"] == {"name": name, "deployment": False}


def test_the_reported_workflow_exists() -> None:
    named = EVENTS["report.yml"]["workflow_run"]["workflows"]
    assert named == [WORKFLOW["pull-request.yml"]["name"]]


@pytest.mark.parametrize(("key", "action"), [("announce", "requested"), ("report", "completed")])
def test_a_run_of_a_pull_request_is_announced_when_it_starts_and_reported_when_it_has_ended(
    key: str, action: str
) -> None:
    condition = WORKFLOW["report.yml"]["jobs"][key]["if"]
    assert condition == f"github.event.workflow_run.event == 'pull_request' && github.event.action == '{action}'"


def test_the_label_has_one_name() -> None:
    assert WORKFLOW["override.yml"]["jobs"]["override"]["if"] == f"github.event.label.name == '{LABEL}'"
    assert LABEL in (PROJECT / "README.md").read_text()


def test_the_run_that_a_label_is_about_is_looked_for_by_its_workflows_file() -> None:
    assert REPORTED in WORKFLOW
    assert WORKFLOW[REPORTED]["name"] in EVENTS["report.yml"]["workflow_run"]["workflows"]


def test_jobs_that_edit_one_comment_wait_for_each_other() -> None:
    """Both groups are named by the repository and the branch of the head, each in its event's words."""
    names = [CONCURRENCY[name]["group"] for name in ("report.yml", "override.yml")]
    words = ("workflow_run.head_repository.full_name", "workflow_run.head_branch")
    others = ("pull_request.head.repo.full_name", "pull_request.head.ref")
    for mine, theirs in zip(words, others, strict=True):
        names[0] = names[0].replace(mine, theirs)
    assert names[0] == names[1]


def test_deploys_follow_each_other_in_order() -> None:
    found = WORKFLOW["deploy.yml"]["jobs"]
    needs = {"register": None, "staging": "register", "promote": "staging", "production": "staging"}
    assert {key: job.get("needs") for key, job in found.items()} == needs


def test_a_version_is_attested_after_its_tag_and_never_stops_its_way() -> None:
    made, *later = WORKFLOW["deploy.yml"]["jobs"]["register"]["steps"][2:]
    assert made["uses"] == "./.github/actions/register"
    assert [step["uses"].partition("@")[0] for step in later] == ["actions/upload-artifact", *["actions/attest"] * 2]
    assert {step["if"] for step in later} == {"steps.register.outputs.new == 'true'"}
    assert [step.get("continue-on-error") for step in later] == [None, True, True]
    signing = [(name, key) for (name, key), granted in PERMISSIONS.items() if "id-token" in granted]
    assert signing == [("deploy.yml", "register"), ("image.yml", "image")]


def test_an_image_is_made_of_what_was_proven(kubernetes: Path) -> None:
    found = load(kubernetes / ".github" / "workflows" / "deploy.yml")["jobs"]
    assert found.keys() - WORKFLOW["deploy.yml"]["jobs"].keys() == {"staging-image", "production-image"}
    for environment, needs in (("staging", "staging"), ("production", ["staging-image", "production"])):
        job = found[f"{environment}-image"]
        assert (job["uses"], job["needs"]) == ("./.github/workflows/image.yml", needs)
        assert job["with"] == {"environment": environment}
        assert job["permissions"] == PERMISSIONS["image.yml", "image"]


def test_the_cluster_is_told_of_an_image_last() -> None:
    steps = WORKFLOW["image.yml"]["jobs"]["image"]["steps"]
    (build,) = (step for step in steps if step.get("id") == "build")
    assert build["with"]["sbom"] is True and build["with"]["provenance"] == "mode=max"
    assert steps[0]["with"]["fetch-depth"] == 0
    assert steps[-1]["uses"] == "./.github/actions/manifests" and "if" not in steps[-1]
    assert steps[-1]["with"]["digest"] == "${{ steps.build.outputs.digest }}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_everything_used_is_pinned_to_a_commit(path: Path) -> None:
    for line in path.read_text().splitlines():
        if "uses:" in line and not line.lstrip().startswith("#"):
            assert PINNED.search(line), line


def test_the_weekly_audit_reads_every_byte_back() -> None:
    steps = WORKFLOW["audit.yml"]["jobs"]["audit"]["steps"]
    assert [step["with"] for step in steps if step["uses"] == "./.github/actions/audit"] == [{"deep": True}]


def test_the_trusted_workflows_check_nothing_of_the_pull_request_out() -> None:
    trusted = [step for name, _, job in jobs() if name in TRUSTED for step in job["steps"]]
    checkouts = [step for step in trusted if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == 3
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)
    assert not [name for name in WORKFLOW if name not in TRUSTED and "pull_request_target" in str(WORKFLOW[name])]


def test_the_trusted_workflows_hand_no_word_of_the_pull_request_to_a_step() -> None:
    for name, _, job in jobs():
        if name in TRUSTED:
            assert "github.event" not in str(job["steps"])


def test_no_token_stays_on_disk() -> None:
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_expression_reaches_a_script_but_by_its_environment() -> None:
    scripts = [step["run"] for step in steps() if "run" in step]
    assert scripts
    assert not [script for script in scripts if "${{" in script]


@pytest.mark.parametrize(
    ("of", "more"),
    [("template", ["npm"]), ("baked", []), ("kubernetes", ["docker"])],
    ids=["template", "local", "kubernetes"],
)
def test_updates_of_actions_and_packages_come_weekly_and_a_week_late(
    of: str, more: list[str], request: pytest.FixtureRequest
) -> None:
    github = (ROOT if of == "template" else request.getfixturevalue(of)) / ".github"
    found = load(github / "dependabot.yml")["updates"]
    assert [update["package-ecosystem"] for update in found] == ["github-actions", "pip", *more]
    for update in found:
        assert update["schedule"] == {"interval": "weekly"} and update["cooldown"] == {"default-days": 7}
        for folder in update.get("directories", [update.get("directory")]):
            assert list((github.parent).glob(f"{folder.lstrip('/')}/*" if folder != "/" else "*")), folder


def test_the_only_secret_is_the_key_of_the_service_where_it_is_deployed() -> None:
    named = {(path.name, secret) for path in FILES for secret in re.findall(r"secrets\.\w+", path.read_text())}
    assert named == {("deploy.yml", "secrets.SERVICE_API_KEY")}


def test_jobs_end_in_time_and_say_their_name() -> None:
    for name, key, job in jobs():
        assert 0 < job["timeout-minutes"] <= 120, (name, key)
        assert job["name"], (name, key)


@pytest.mark.parametrize("name", ACTION)
def test_an_action_is_described_with_its_inputs_and_outputs(name: str) -> None:
    action, readme = ACTION[name], (ACTIONS / name / "README.md").read_text()
    assert action["description"] and action["runs"]["using"] == "composite"
    for kind in ("inputs", "outputs"):
        for key, spec in action.get(kind, {}).items():
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", key)
            assert spec["description"] in readme and f"`{key}`" in readme


def test_scripts_of_actions_are_a_line_a_verb() -> None:
    for name, action in ACTION.items():
        for step in action["runs"]["steps"]:
            assert not re.search(r"\b(if|for|while|case)\b|&&|\|\|", step.get("run", "")), name
