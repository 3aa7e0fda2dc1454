"""What a pull request can try against the real workflow files: names that a shell would run, a remote of its own, a
record that would start itself again."""

import json

import pytest

from tests.end_to_end.conftest import World

pytestmark = pytest.mark.slow
METRICS = "### Metrics"
MARK = "PWNED"  # in the job's home, since act removes the folder in which it works
TOUCH = f"touch $HOME/{MARK}"
COMMAND = f"$({TOUCH})".replace(" ", "${IFS}")
BRANCH = f"x;{TOUCH};`{TOUCH}`".replace(" ", "${IFS}") + f"{COMMAND}\"'|&#"
TITLE = f'{COMMAND}"; {TOUCH} # `{TOUCH}` ${{{{ github.token }}}}'
LABEL = f"ml-override`{TOUCH}`$({TOUCH})\n::set-output name=x::y"
MESSAGE = f"$({TOUCH})\n\n::error::`{TOUCH}`\n::add-path::/tmp\nPATH=/tmp"
FILE = f"docs/{COMMAND};a|b`{TOUCH}`.md"
NAIVE = """
name: Pull request
on: pull_request
permissions: {}
jobs:
  evaluate:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ github.head_ref }}
"""


def push(world: World) -> None:
    """Past the hook that pushes the data, and without an upstream: DVC's git library can't read a configuration
    with such a branch's name in it."""
    world.laptop.run("git", "commit", "--quiet", "--all", "-m", MESSAGE)
    world.laptop.run("git", "push", "--quiet", "--no-verify", "origin", "HEAD")


def ran(world: World) -> bool:
    """Whether any command in a name was run, in any job so far."""
    return any(world.github.root.glob(f"runs/*/*/home/{MARK}"))


@pytest.mark.fault(
    "shell characters", "a value of params.yaml with them is refused by its name, and nothing of it runs"
)
def test_a_command_in_a_parameter_is_refused_and_not_run(world: World) -> None:
    world.github.hub.events.clear()  # nothing has to be deployed here
    world.laptop.run("git", "reset", "--quiet", "--hard")
    world.laptop.branch(BRANCH)
    world.laptop.edit("params.yaml", r"l2_regularization: [\d.]+", f'l2_regularization: "{COMMAND}; {TOUCH} #"')
    push(world)
    number = world.github.open_pull(world.origin, BRANCH, TITLE)["number"]
    world.github.label(world.origin, number, LABEL)
    found = world.outcome(number, world.github.dispatch())
    assert found.steps()["./.github/actions/setup"] == "success"
    assert "train.l2_regularization" in found.log()
    assert found.check == "failure" and METRICS not in found.comment
    assert not ran(world)


@pytest.mark.fault(
    "shell characters", "a branch, title, label, message or file with them is text, and nothing of it runs"
)
def test_a_command_in_any_name_is_text_and_its_pull_request_like_any_other(world: World) -> None:
    """The same pull request, mended: it trains, is recorded on its branch, and a label is set on it."""
    pull = next(pull for pull in world.origin.pulls if pull["head"]["ref"] == BRANCH)
    world.laptop.edit("params.yaml", r"l2_regularization: .*", "l2_regularization: 0.5")
    file = world.laptop.root / FILE
    file.parent.mkdir(parents=True)
    file.write_text("# Words\n")
    world.laptop.run("git", "add", "--all")
    push(world)
    found = world.outcome(pull["number"], world.github.dispatch())
    assert {run.workflow for run in found.runs} == {"Pull request", "Report"}
    assert [job.conclusion for job in found.runs[-1].jobs.values()] == ["skipped", "success"], found.runs[-1].log
    assert found.runs[0].jobs["evaluate"].conclusion == "success" or found.check == "failure"
    recorded = world.head(BRANCH)
    assert world.origin.git("rev-parse", f"{recorded}^") == found.head
    assert world.locked_digest(recorded) in found.comment and METRICS in found.comment
    world.github.label(world.origin, pull["number"], "ml-override")
    (override,) = world.github.dispatch()
    assert override.conclusion == "success", override.log
    assert not ran(world)


@pytest.mark.fault(
    "bot pull request that triggers itself", "a run of the record trains and records nothing: it ends there"
)
def test_a_record_that_starts_a_run_records_nothing_more(world: World) -> None:
    """As if somebody had given the reporting job a person's token, whose commits start workflows."""
    pull = next(pull for pull in world.origin.pulls if pull["head"]["ref"] == BRANCH)
    recorded = world.head(BRANCH)
    facts = {"action": "synchronize", "repository": world.origin.name, "number": pull["number"]}
    world.github.hub.emit("pull_request", world.github.people[world.origin.name], **facts)
    runs = world.github.dispatch()
    assert [run.workflow for run in runs] == ["Pull request", "Report", "Report"]
    assert runs[0].head_sha == recorded == world.head(BRANCH)
    assert "Running stage" not in runs[0].jobs["evaluate"].log
    assert world.github.hub.events == []
    assert world.check(recorded) == world.check(f"{recorded}^")


@pytest.mark.fault("hostile .dvc/config", "the run asks the base's remote and no other one, and the comment says so")
def test_a_remote_of_the_pull_requests_own_is_not_asked(world: World) -> None:
    world.laptop.branch("moved")
    world.laptop.edit(".dvc/config", "url = storage", "url = https://evil.example/dvc")
    push(world)
    found = world.review("moved")
    assert ".dvc/config is not the pull request's here but that of origin/main." in found.log()
    assert "🔒 **Changes protected paths**: `.dvc/config`; a code owner has to approve." in found.comment
    assert "The run used the base's `.dvc/config`." in found.comment
    assert found.check == "success", found.comment
    lines = (world.github.root / "proxy.jsonl").read_text().splitlines()
    assert {json.loads(line)["to"] for line in lines} == {"hub"}


def test_a_naive_workflow_would_run_them(world: World) -> None:
    """What the tests above look for is found where there is something to find."""
    world.laptop.run("git", "reset", "--quiet", "--hard")
    world.laptop.branch(f"naive{COMMAND}")
    (world.laptop.root / ".github/workflows/pull-request.yml").write_text(NAIVE)
    push(world)
    world.review(f"naive{COMMAND}")
    assert ran(world)
