"""What a version's tag says of the merge that it is made of, asked from GitHub."""

import pytest

from mlgitops.github import merged
from mlgitops.github.api import Api
from mlgitops.github.reporting import report
from mlgitops.report.schema import Gate
from tests.mlgitops.github.conftest import Job

pytestmark = pytest.mark.slow
GATES = [Gate(name="Pipeline", result="pass"), Gate(name="Slices", result="warn", why="few rows")]


def merge(job: Job, **facts: object) -> str:
    job.upload({"report.json": job.report(gates=GATES, **facts)})
    report(Api(), job.checkout, job.run)
    return job.github.merge_pull(job.origin, job.number)


def test_a_merge_is_known_by_its_pull_request_and_verdict(job: Job) -> None:
    assert merged.known(merge(job)) == {
        "pull": str(job.number),
        "merged-by": job.github.people[job.origin.name].login,
        "verdict": "ready",
        "gates": "Pipeline pass, Slices warn",
        "run": job.run.url,
    }


def test_an_override_is_what_counts(job: Job) -> None:
    job.upload({"report.json": job.report(verdict="do-not-merge", reason="Worse")})
    job.label()
    report(Api(), job.checkout, job.run)
    assert merged.known(job.github.merge_pull(job.origin, job.number))["verdict"] == "overridden"


@pytest.mark.parametrize(
    ("labels", "bump"), [(["minor"], "minor"), (["minor", "major"], "major"), (["majority"], None)]
)
def test_a_label_says_how_far_the_version_moves(job: Job, labels: list[str], bump: str | None) -> None:
    for label in labels:
        job.label(label)
    assert merged.known(job.github.merge_pull(job.origin, job.number)).get("bump") == bump


def test_a_direct_push_has_no_pull_request(job: Job) -> None:
    assert merged.known(job.origin.find("refs/heads/main")) == {}


def test_without_a_token_or_an_answer_git_alone_has_to_do(job: Job, monkeypatch, capsys) -> None:
    sha = merge(job)
    monkeypatch.setenv("GITHUB_TOKEN", "revoked")
    assert merged.known(sha) == {} and "The pull request and its verdict are not known" in capsys.readouterr().err
    monkeypatch.delenv("GITHUB_TOKEN")
    assert merged.known(sha) == {} and capsys.readouterr().err == ""
