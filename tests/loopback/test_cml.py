"""The stand-in for CML."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loopback.tokens import BOT, Token

CML = Path(__file__).parents[2] / "loopback" / "cml" / "cml"


@pytest.fixture
def cml(github, flights, work, tmp_path):
    work.push("deeper", {"params.yaml": "trees: 200\n"})
    github.open_pull(flights, "deeper", "Deeper")
    token = github.hub.admit(Token(BOT, flights.name, {"pull-requests": "write"}, workflow=True))
    facts = {"GITHUB_SHA": flights.find("main"), "GITHUB_ACTOR": "ada"}
    env = {**work.env, **github.server.environment(token), **facts}
    (tmp_path / "report.md").write_text("## Ready\n\n| a | b |\n")

    def run(*options: str) -> subprocess.CompletedProcess:
        command = [sys.executable, CML, *options]
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True)

    return run


UPDATE = ("comment", "update", "--repo=https://github.com/acme/flight-delays", "--target=pr/1", "--publish=false")


def test_a_comment_is_written_once_and_then_edited(github, flights, cml, tmp_path):
    (github.root / "requests.jsonl").unlink()
    first = cml(*UPDATE, "--watermark-title=mlgitops_report", "report.md")
    assert first.stdout.startswith("https://github.com/acme/flight-delays/pull/1#issuecomment-"), first.stderr
    (tmp_path / "report.md").write_text("## Worse\n")
    cml(*UPDATE, "--watermark-title=mlgitops_report", "report.md")
    (comment,) = github.comments(flights, 1)
    mark = f'![](https://cml.dev/watermark.png#{flights.find("main")} "CML watermark mlgitops\\_report")'
    assert comment["body"] == f"## Worse\n\n\n{mark}"
    calls = [json.loads(line) for line in (github.root / "requests.jsonl").read_text().splitlines()]
    number = comment["id"]
    assert [(call["method"], call["path"].removeprefix("/repos/acme/flight-delays")) for call in calls] == [
        ("GET", "/users/ada"),
        ("GET", "/issues/1/comments"),
        ("POST", "/issues/1/comments"),
        ("GET", "/users/ada"),
        ("GET", "/issues/1/comments"),
        ("PATCH", f"/issues/comments/{number}"),
    ]


def test_another_title_is_another_comment_and_an_imitation_is_taken_for_ours(github, flights, cml, client):
    cml(*UPDATE, "--watermark-title=a", "report.md")
    cml(*UPDATE, "--watermark-title=b", "report.md")
    assert len(github.comments(flights, 1)) == 2
    forged = '![](https://cml.dev/watermark.png#abc "CML watermark c")'
    client().post("/issues/1/comments", json={"body": forged})
    cml(*UPDATE, "--watermark-title=c", "report.md")
    assert github.comments(flights, 1)[2]["body"].startswith("## Ready")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("comment", "update", "--target=pr/1", "report.md"), "asset.cml.dev"),
        (("comment", "create", "report.md"), "only knows"),
        ((*UPDATE, "nowhere.md"), "nowhere.md"),
        ((*UPDATE[:3], "--target=pr/9", "--publish=false", "report.md"), "Not Found"),
    ],
)
def test_refusals(cml, options, text):
    refused = cml(*options)
    assert refused.returncode != 0
    assert text in refused.stderr


def test_version(cml):
    assert cml("--version").stdout == "0.20.6\n"


@pytest.mark.parametrize(("installed", "conclusion"), [(True, "success"), (False, "failure")])
def test_setup_cml(github, flights, work, installed, conclusion):
    github.machine.cml = installed
    steps = "[{uses: SETUP_CML, with: {vega: false}}, {run: cml --version}]"
    work.workflow(f"name: Trial\non: push\njobs: {{a: {{runs-on: ubuntu-latest, steps: {steps}}}}}\n")
    assert github.dispatch()[0].conclusion == conclusion
