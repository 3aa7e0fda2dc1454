"""A pull request that edits an environment: its comment says what a merge would deploy, and its file is only data."""

import pytest
import yaml

from loopback.hub import Fault
from mlgitops.github.api import Api
from mlgitops.github.reporting import report
from mlgitops.versions.tagging import push
from mlgitops.versions.tags import Tag
from tests.mlgitops.github.conftest import Job, ran
from tests.repositories import commit

FIRST, SECOND = "late@v0.1.0", "late@v0.1.1"
PATH = "environments/production.yaml"


def environment(model: str, **more: object) -> str:
    routed = {"late": {"routes": [{"model": model, "weight": 100}]}}
    whole = {"service": "flights.service", "address": "127.0.0.1:8080", "after": "staging", "endpoints": routed}
    return yaml.safe_dump(whole | more)


@pytest.fixture
def digests(job: Job) -> list[str]:
    """Two versions, the first one in production by main's file; the digests that they have."""
    job.laptop.git("switch", "--quiet", "--detach", "HEAD^")
    found = []
    for number in range(2):
        md5 = f"{number + 1}" * 32
        stages = {"package": {"outs": [{"path": "models/late", "md5": f"{md5}.dir"}]}}
        head = commit(job.laptop, {"dvc.lock": yaml.safe_dump({"stages": stages}), PATH: environment(FIRST)})
        found.append(f"md5:{md5}")
        job.laptop.git("push", "--quiet", str(job.origin.path), "HEAD:main")
        assert push(job.laptop, Tag("late", (0, 1, number), head, {"digest": found[-1]})) is None
    job.checkout.git("fetch", "--quiet", "--depth", "1", "origin", "main")
    job.checkout.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    return found


def deployed(job: Job, environment: str, version: str, digest: str) -> None:
    """What a deploy tells GitHub."""
    payload = {"models": {version: digest}, "endpoints": {"late": {"routes": [{"model": version}]}}, "smoke": True}
    id = job.github.hub.next_id()
    url = f"https://api.github.com/repos/{job.origin.name}/deployments/{id}"
    facts = {"id": id, "sha": job.origin.find("refs/heads/main"), "task": "serve", "environment": environment}
    job.origin.deployments.append({**facts, "payload": payload, "url": url})
    job.origin.deployment_statuses.append({"id": id + 1, "state": "success", "deployment_url": url})


def comment(job: Job, production: str | None = None) -> str:
    """The comment of the pull request with this file of production, or with what is in the laptop's tree."""
    head = job.push({PATH: production} if production else {})
    job.run = ran(job.origin, 78, head, "change")
    job.upload({"report.json": job.report()})
    report(Api(), job.checkout, job.run)
    return job.comments[0]


def test_the_plan_is_from_what_serves_to_what_the_head_says(job: Job, digests: list[str]) -> None:
    deployed(job, "production", FIRST, digests[0])
    deployed(job, "staging", SECOND, digests[1])
    text = comment(job, environment(SECOND))
    assert f"| `late` | changed | `{FIRST}` 100 % | `{SECOND}` 100 % |" in text and "Serves now" in text
    assert f"| `{SECOND}` | 🆕 new | `{digests[1]}` |" in text
    assert text.index("A merge deploys `production`") < text.index("<sub>")
    assert job.check(job.run.head) == "success"


def test_what_was_never_deployed_is_compared_with_the_file_on_main(job: Job, digests: list[str]) -> None:
    deployed(job, "staging", SECOND, digests[1])
    text = comment(job, environment(SECOND))
    assert "In the base's file" in text and f"`{FIRST}` 100 % | `{SECOND}` 100 %" in text


def test_a_version_that_staging_has_not_served_fails_the_check(job: Job, digests: list[str]) -> None:
    deployed(job, "staging", FIRST, digests[0])
    text = comment(job, environment(SECOND))
    assert f"staging has not served and smoke-tested it yet: {SECOND}. Deploy it to staging first" in text
    assert job.title == "❌ Do not merge yet: a deploy of `production` would be refused"
    assert job.check(job.run.head) == "failure"


@pytest.mark.parametrize(
    "hostile",
    [
        environment(SECOND, service="x; touch pwned", after=""),
        environment("<img src=x>@latest"),
        "a: &a [1]\nb: [" + "*a, " * 100 + "*a]\n",
        "[" * 1000,
        "x: " + "y" * 200_000,
        "!!python/object/apply:os.system ['touch pwned']\n",
        "\u202e@ada ![](x)\n",
    ],
)
def test_a_hostile_file_is_refused_as_text(job: Job, digests: list[str], hostile: str) -> None:
    text = comment(job, hostile)
    assert "⛔ **Refused**" in text and "<img" not in text.replace("'<img", "") and "\u202e" not in text
    assert job.check(job.run.head) == "failure"
    assert not list(job.checkout.root.rglob("pwned"))


def test_a_removed_file_is_said(job: Job, digests: list[str]) -> None:
    job.laptop.git("rm", "--quiet", PATH)
    assert "The file is removed: what serves serves on until somebody stops it." in comment(job)


def test_what_github_does_not_say_counts_as_refused(job: Job, digests: list[str]) -> None:
    job.github.hub.faults = [Fault(r"GET .*/deployments.*", 403)]
    assert "GitHub refused a call" in comment(job, environment(SECOND))
    assert job.check(job.run.head) == "failure"


def test_into_another_branch_nothing_is_deployed(job: Job, digests: list[str]) -> None:
    job.origin.git("branch", "release", "main")
    job.origin.pulls[0]["base"]["ref"] = "release"
    assert "A merge deploys" not in comment(job, environment(SECOND))
