"""Workflow files run under act: results, tokens, what follows, and what must not pass in silence."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from loopback import events
from loopback.runner.act import NotRun
from loopback.runner.uses import UnknownAction

API = "https://api.github.com/repos/$GITHUB_REPOSITORY"
CURL = f'curl --silent --output /dev/null --write-out "%{{http_code}}" -H "Authorization: Bearer $TOKEN" {API}'
TWO_JOBS = f"""
    name: Trial
    on: push
    permissions: {{}}
    jobs:
      measure:
        runs-on: ubuntu-latest
        permissions: {{contents: read}}
        outputs:
          late: ${{{{ steps.score.outputs.late }}}}
        env:
          TOKEN: ${{{{ github.token }}}}
        steps:
          - uses: CHECKOUT
          - id: score
            name: Score
            run: |
              printf 'late<<E\\n0.3\\nof all\\nE\\n' >> "$GITHUB_OUTPUT"
              echo "## Scored" >> "$GITHUB_STEP_SUMMARY"
              echo "read $({CURL}/commits/main) blob $({CURL}/git/blobs -d '{{}}')"
          - name: Fall over
            run: exit 3
          - name: Never
            run: echo never
      report:
        needs: measure
        if: always()
        runs-on: ubuntu-latest
        permissions: {{contents: write}}
        env:
          LATE: ${{{{ needs.measure.outputs.late }}}}
          TOKEN: ${{{{ github.token }}}}
        steps:
          - run: |
              echo "${{{{ needs.measure.result }}}}: $LATE"
              echo "blob $({CURL}/git/blobs -d '{{"content": "x"}}') $({CURL}/pulls)"
      later:
        needs: [measure, report]
        runs-on: ubuntu-latest
        steps:
          - run: echo later
"""


def test_a_run_has_the_results_outputs_and_tokens_of_its_jobs(github, flights, work):
    work.workflow(TWO_JOBS)
    steps = []
    (run,) = github.dispatch(steps.append)
    measure, report, later = run.jobs.values()
    assert (run.conclusion, run.workflow, run.head_branch) == ("failure", "Trial", "main")
    assert [job.conclusion for job in run.jobs.values()] == ["failure", "success", "skipped"]
    assert measure.outputs == {"late": "0.3\nof all"}
    assert measure.summary == "## Scored\n"
    assert "read 200 blob 403" in measure.log
    assert "failure: 0.3\nof all" in report.log
    assert "blob 201 403" in report.log
    ran = [(step.name, step.conclusion) for step in measure.steps[1:]]
    assert ran == [("Score", "success"), ("Fall over", "failure")]
    assert (later.steps, steps[-1].job) == ([], "report")


STARTED = """
    name: By hand
    on: {workflow_dispatch: {inputs: {environment: {required: true}}}}
    permissions: {}
    jobs:
      say:
        runs-on: ubuntu-latest
        steps:
          - env:
              ENVIRONMENT: ${{ inputs.environment }}
            run: echo "asked for $ENVIRONMENT"
"""


def test_a_workflow_that_somebody_starts_gets_its_inputs_and_no_other_one_runs(github, flights, work):
    work.workflow(STARTED)
    assert github.dispatch() == []
    (run,) = github.start(flights, "trial.yml", environment="production")
    assert (run.event, run.conclusion, run.head_branch) == ("workflow_dispatch", "success", "main")
    assert "asked for production" in run.jobs["say"].log
    assert github.start(flights, "other.yml") == []


def test_what_the_run_was_is_told_by_the_rest_api(github, flights, work, client):
    sha = work.workflow(TWO_JOBS)
    (run,) = github.dispatch()
    reader = client(actions="read")
    told = reader.get(f"/actions/runs/{run.id}").json()
    facts = ("event", "head_sha", "head_branch", "conclusion", "path")
    assert [told[name] for name in facts] == ["push", sha, "main", "failure", ".github/workflows/trial.yml"]
    jobs = reader.get(f"/actions/runs/{run.id}/jobs").json()
    assert [job["conclusion"] for job in jobs["jobs"]] == ["failure", "success", "skipped"]
    assert jobs["jobs"][0]["steps"][2]["conclusion"] == "failure"


def test_nothing_is_contacted_but_github_and_no_token_outlives_its_job(github, flights, work):
    work.workflow(TWO_JOBS)
    tokens = set(github.hub.tokens)
    github.dispatch()
    assert set(github.hub.tokens) == tokens
    lines = map(json.loads, (github.root / "proxy.jsonl").read_text().splitlines())
    assert {(line["address"], line["to"]) for line in lines} == {
        ("github.com:443", "hub"),
        ("api.github.com:443", "hub"),
    }


def job(steps: str, extra: str = "") -> str:
    return f"""
    name: Trial
    on: push
    {extra}
    jobs:
      only:
        runs-on: ubuntu-latest
        steps:
          - {steps}
    """


def test_a_host_that_is_not_github_cannot_be_reached(github, flights, work):
    work.workflow(job("run: curl --silent --show-error https://example.com/"))
    (run,) = github.dispatch()
    assert run.conclusion == "failure"
    assert '"to": "refused"' in (github.root / "proxy.jsonl").read_text()


def test_the_environment_is_built_from_nothing(github, flights, work, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "leak")
    github.machine.environment["STATE"] = "/srv/state"
    github.machine.variables["MODEL"] = "late-arrival"
    work.workflow(job('run: ls -A; env; echo "vars ${{ vars.MODEL }}"'))
    log = github.dispatch()[0].jobs["only"].log
    assert "leak" not in log
    assert "STATE=/srv/state" in log
    assert "vars late-arrival" in log
    assert "README.md" not in log


@pytest.mark.parametrize("label", ["windows-latest", "[self-hosted, gpu]", "${{ vars.RUNNER || 'big' }}"])
def test_a_job_that_no_runner_takes_is_an_error(github, flights, work, label):
    work.workflow(job("run: echo").replace("ubuntu-latest", label))
    with pytest.raises(NotRun, match="no runner has its label"):
        github.dispatch()


def test_a_machine_may_have_labels_of_its_own(github, flights, work):
    github.machine.labels = ("ubuntu-latest", "self-hosted")
    work.workflow(job("run: echo").replace("ubuntu-latest", "self-hosted"))
    assert github.dispatch()[0].conclusion == "success"


def test_a_key_of_concurrency_that_act_does_not_know_is_no_hindrance(github, flights, work):
    work.workflow(job("run: echo", "concurrency: {group: deploy, queue: max}"))
    assert github.dispatch()[0].conclusion == "success"


def test_a_workflow_that_act_cannot_read_is_an_error(github, flights, work):
    work.workflow(job("runs: echo"))
    with pytest.raises(NotRun, match="act did not run job only"):
        github.dispatch()


def test_an_action_that_nothing_stands_in_for_is_an_error(github, flights, work):
    work.workflow(job(f"uses: actions/cache@{'e' * 40}"))
    with pytest.raises(UnknownAction, match="actions/cache"):
        github.dispatch()


def test_actions_of_the_repository_may_use_the_others(github, flights, work):
    action = f"""
        name: setup
        description: Set up
        runs:
          using: composite
          steps:
            - uses: astral-sh/setup-uv@{"f" * 40}
              with: {{python-version: "3.12"}}
            - run: command -v uv; echo "python $UV_PYTHON"; env -u HTTPS_PROXY uv --version
              shell: bash
    """
    work.push("main", {".github/actions/setup/action.yml": action})
    github.hub.events.clear()
    work.workflow(job("uses: CHECKOUT\n          - uses: ./.github/actions/setup"))
    (run,) = github.dispatch()
    assert run.conclusion == "success", run.log
    assert "/tools/uv/uv\npython 3.12\nuv " in run.jobs["only"].log


FOLLOWED = """
    name: Pull request
    on: pull_request
    permissions: {}
    jobs:
      train:
        runs-on: ubuntu-latest
        permissions: {contents: write}
        steps:
          - run: |
              echo "write ${{ github.event.pull_request.head.repo.full_name }}" > report.txt
          - uses: UPLOAD
            with: {name: report, path: report.txt}
"""
FOLLOWER = """
    name: Report
    on:
      workflow_run:
        workflows: [Pull request]
        types: [completed]
    permissions: {}
    jobs:
      comment:
        runs-on: ubuntu-latest
        permissions: {actions: read, contents: write}
        steps:
          - uses: CHECKOUT
          - env:
              GH: ${{ github.token }}
              RUN: ${{ github.event.workflow_run.id }}
              PULL: ${{ github.event.workflow_run.pull_requests[0].number }}
            run: |
              set -- -sL -H "Authorization: Bearer $GH"
              curl "$@" "https://api.github.com/repos/$GITHUB_REPOSITORY/actions/runs/$RUN/artifacts" > a.json
              id=$(python3 -c 'import json; print(json.load(open("a.json"))["artifacts"][0]["id"])')
              curl "$@" -o a.zip "https://api.github.com/repos/$GITHUB_REPOSITORY/actions/artifacts/$id/zip"
              python3 -c 'import zipfile; print(zipfile.ZipFile("a.zip").read("report.txt").decode())'
              echo "conclusion ${{ github.event.workflow_run.conclusion }} pulls" $PULL
              date > done.txt; git config user.email a@b; git config user.name bot
              git add done.txt; git commit -qm "Report"; git push -q origin HEAD:refs/heads/reports
"""


@pytest.fixture
def two_workflows(github, work):
    work.workflow(FOLLOWED)
    text = FOLLOWER.replace("CHECKOUT", "actions/checkout@" + "a" * 40)
    work.push("main", {".github/workflows/report.yml": text})
    github.hub.events.clear()


def test_a_completed_run_starts_what_follows_it_and_a_job_s_push_starts_nothing(github, flights, work, two_workflows):
    work.push("deeper", {"params.yaml": "trees: 200\n"})
    github.open_pull(flights, "deeper", "Deeper")
    first, second = github.dispatch()
    assert [run.conclusion for run in (first, second)] == ["success", "success"], second.log
    assert first.artifacts == ["report"]
    assert "write acme/flight-delays" in second.log
    assert "conclusion success pulls 1\n" in second.log
    assert first.jobs["train"].permissions == {"contents": "write"}
    assert (first.head_branch, second.head_branch) == ("deeper", "main")
    assert flights.find("reports")


WATCHER = """
    name: Watch
    on:
      workflow_run:
        workflows: [Pull request]
        types: [requested, completed]
    jobs:
      look:
        runs-on: ubuntu-latest
        permissions: {actions: read}
        steps:
          - env:
              GH: ${{ github.token }}
            run: |
              curl -s -H "Authorization: Bearer $GH" ${{ github.event.workflow_run.url }} > run.json
              status=$(python3 -c 'import json; print(json.load(open("run.json"))["status"])')
              echo "${{ github.event.action }} of a run that is $status"
"""


def test_a_requested_run_starts_what_follows_it_before_its_own_jobs(github, flights, work):
    work.workflow(FOLLOWED)
    work.push("main", {".github/workflows/watch.yml": WATCHER})
    github.hub.events.clear()
    work.push("deeper", {"params.yaml": "trees: 200\n"})
    github.open_pull(flights, "deeper", "Deeper")
    steps = []
    found = github.dispatch(lambda step: steps.append(step.job))
    assert [run.workflow for run in found] == ["Pull request", "Watch", "Watch"]
    assert list(dict.fromkeys(steps)) == ["look", "train"]
    assert "requested of a run that is queued" in found[1].log
    assert "completed of a run that is completed" in found[2].log


LABELLED = """
    name: Labelled
    on:
      pull_request_target:
        types: [labeled, unlabeled]
    permissions: {}
    jobs:
      only:
        if: github.event.label.name == 'retrain'
        runs-on: ubuntu-latest
        permissions: {contents: read, pull-requests: write}
        steps:
          - uses: CHECKOUT
          - run: cat params.yaml
          - run: echo "${{ github.event.action }} of ${{ github.event.pull_request.number }} on $GITHUB_REF"
"""


def test_a_label_runs_the_default_branch_s_workflow_even_for_a_fork(github, flights, work, clone):
    theirs = github.fork(flights, "mallory")
    clone(theirs).push("deeper", {"params.yaml": "trees: 200\n"})
    work.workflow(LABELLED)
    github.open_pull(theirs, "deeper", "Deeper")
    github.hub.events.clear()
    github.label(flights, 1, "retrain")
    github.label(flights, 1, "retrain")  # it is set already: nothing happens
    github.unlabel(flights, 1, "retrain")
    github.label(flights, 1, "other")
    set_, removed, other = github.dispatch()
    assert "trees: 100\n" in set_.log and "labeled of 1 on refs/heads/main" in set_.log
    assert "unlabeled of 1" in removed.log
    assert set_.jobs["only"].permissions == {"contents": "read", "pull-requests": "write"}
    assert other.conclusion == "skipped"


def test_a_fork_s_run_is_read_only_and_names_no_pull_request(github, flights, work, two_workflows, clone):
    theirs = github.fork(flights, "mallory")
    clone(theirs).push("deeper", {"params.yaml": "trees: 200\n"})
    github.open_pull(theirs, "deeper", "Deeper")
    first, second = github.dispatch()
    assert first.jobs["train"].permissions == {"contents": "read"}
    assert second.jobs["comment"].permissions == {"actions": "read", "contents": "write"}
    assert "write mallory/flight-delays" in second.log
    assert "conclusion success pulls\n" in second.log


def test_two_runs_at_once(github, flights, work):
    steps = "uses: CHECKOUT\n          - run: sleep 0.5; cat params.yaml"
    work.workflow(job(steps).replace("on: push", "on: pull_request"))
    for trees in (200, 300):
        work.git("checkout", "--quiet", "main")
        work.push(f"trees-{trees}", {"params.yaml": f"trees: {trees}\n"})
        github.open_pull(flights, f"trees-{trees}", "Other trees")
    queued = [fact for fact in github.hub.events if fact["name"] == "pull_request"]
    github.hub.events.clear()
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda fact: github.react(events.of(github.hub, fact)), queued))
    logs = [run.log for (run,) in both]
    assert ["trees: 200" in logs[0], "trees: 300" in logs[1]] == [True, True]
    assert len(github.hub.events) == 2


def test_processes_end_with_their_job_unless_told_otherwise(github, flights, work, tmp_path):
    kept = tmp_path / "kept.pid"
    left = tmp_path / "left.pid"
    line = f"(setsid sleep 300 >/dev/null 2>&1 & echo $! > {left}); "
    line += f"(RUNNER_TRACKING_ID= setsid sleep 300 >/dev/null 2>&1 & echo $! > {kept}); sleep 0.2"
    work.workflow(job(f"run: {line!r}".replace("'", '"')))
    github.dispatch()
    assert not runs(int(left.read_text()))
    assert runs(int(kept.read_text()))
    os.kill(int(kept.read_text()), signal.SIGKILL)


def runs(pid: int) -> bool:
    """Whether a process is there and not only waits to be reaped."""
    line = Path(f"/proc/{pid}/cmdline")
    return line.exists() and line.read_bytes() != b""


def test_a_job_that_does_not_end_is_ended(github, flights, work):
    github.machine.timeout = 1.5
    work.workflow(job("run: sleep 100"))
    with pytest.raises(TimeoutError, match="Job only was ended after"):
        github.dispatch()
