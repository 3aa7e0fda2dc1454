"""The stand-in for actions/checkout."""

import pytest

WORKFLOW = """
    name: Trial
    on: EVENT
    permissions: {contents: write}
    jobs:
      only:
        runs-on: ubuntu-latest
        steps:
          - uses: CHECKOUT
            with: {OPTIONS}
          - run: |
              cd "${FOLDER:-.}"
              echo "head $(git rev-parse HEAD) on $(git symbolic-ref --short -q HEAD || echo none)"
              echo "params $(cat params.yaml) commits $(git rev-list --count HEAD) tags" $(git tag)
              git ls-remote --quiet origin HEAD > /dev/null 2>&1 && echo "with credentials" || echo "without"
              git worktree add -q ../storage HEAD
              git -C ../storage ls-remote --quiet origin HEAD > /dev/null 2>&1 && echo "worktree, too" || true
            env: {FOLDER: "IN"}
"""


def run(github, work, options="", event="push", folder=""):
    text = WORKFLOW.replace("OPTIONS", options).replace("EVENT", event).replace('"IN"', f'"{folder}"')
    return work.workflow(text), lambda: github.dispatch()[-1]


def test_a_push_checks_its_commit_out_on_its_branch(github, flights, work):
    work.git("tag", "v1")
    work.git("push", "--quiet", "origin", "v1")
    github.hub.events.clear()
    sha, finish = run(github, work)
    log = finish().log
    assert f"head {sha} on main" in log
    assert "params trees: 100 commits 1 tags\n" in log
    assert "with credentials\nworktree, too" in log


OPTIONS = {
    "fetch-depth: 0": "commits 2 tags v1",
    "fetch-depth: 2": "commits 2 tags",
    "fetch-tags: true": "commits 1 tags v1",
    "ref: v1": "commits 1 tags v1 on none",
    "ref: deeper": "commits 1 tags on deeper",
    "ref: refs/heads/deeper": "commits 1 tags on deeper",
    "persist-credentials: false": "commits 1 tags on main without credentials",
}


@pytest.mark.slow
def test_options(github, flights, work):
    work.git("tag", "v1")
    work.git("push", "--quiet", "origin", "v1")
    work.push("deeper", {"params.yaml": "trees: 200\n"})
    work.git("checkout", "--quiet", "main")
    github.hub.events.clear()
    steps = [
        f"""
          - uses: CHECKOUT
            with: {{{option}, path: "{number}"}}
          - run: |
              cd {number}
              echo "{number}: commits $(git rev-list --count HEAD) tags" $(git tag) \\
                "on $(git symbolic-ref --short -q HEAD || echo none)" \\
                "$(git ls-remote -q origin HEAD >/dev/null 2>&1 && echo with || echo without) credentials"
        """
        for number, option in enumerate(OPTIONS)
    ]
    head = WORKFLOW.replace("EVENT", "push").partition("          - uses")[0]
    work.workflow(head + "".join(step.strip("\n ").join(("          ", "\n")) for step in steps))
    log = github.dispatch()[0].log
    for number, expected in enumerate(OPTIONS.values()):
        assert f"{number}: {expected}" in log


@pytest.mark.parametrize(
    ("options", "text"),
    [("filter: blob:none", "filter: blob:none is not stood in for"), ("ref: nowhere", "git fetch failed")],
)
def test_options_that_cannot_be(github, flights, work, options, text):
    _, finish = run(github, work, options)
    ended = finish()
    assert (ended.conclusion, text in ended.log) == ("failure", True)


def test_a_commit_in_a_folder(github, flights, work):
    first = flights.find("main")
    _, finish = run(github, work, f"ref: {first}, path: base", folder="base")
    assert f"head {first} on none" in finish().log


def test_a_pull_request_checks_the_merge_commit_out(github, flights, work):
    run(github, work, event="pull_request")
    work.push("deeper", {"params.yaml": "trees: 200\n"})
    github.hub.events.clear()
    pull = github.open_pull(flights, "deeper", "Deeper")
    assert f"head {pull['merge_commit_sha']} on none" in github.dispatch()[0].log


@pytest.mark.parametrize("allowed", [False, True])
def test_a_trusted_workflow_refuses_a_fork_s_code(github, flights, work, clone, allowed):
    theirs = "${{ github.event.workflow_run.head_repository.full_name }}"
    options = f"ref: '${{{{ github.event.workflow_run.head_sha }}}}', repository: '{theirs}'"
    options += ", allow-unsafe-pr-checkout: true" * allowed
    event = "{workflow_run: {workflows: [First]}}"
    run(github, work, options, event)
    first = "name: First\non: pull_request\njobs: {a: {runs-on: ubuntu-latest, steps: [run: echo]}}\n"
    work.push("main", {".github/workflows/first.yml": first})
    theirs = github.fork(flights, "mallory")
    clone(theirs).push("deeper", {"params.yaml": "trees: 200\n"})
    github.hub.events.clear()
    github.open_pull(theirs, "deeper", "Deeper")
    log = github.dispatch()[-1].log
    assert ("Refusing to check out fork pull request code" in log) is not allowed
