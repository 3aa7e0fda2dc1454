"""The filters under `on:`."""

from dataclasses import replace

import pytest

from loopback.events import Event
from loopback.filters import matches, starts
from loopback.repository import Repository
from loopback.runner.workflow import Workflow


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("main", "main", True),
        ("main", "maintenance", False),
        ("feature/*", "feature/a", True),
        ("feature/*", "feature/a/b", False),
        ("feature/**", "feature/a/b", True),
        ("**", "a/b", True),
        ("*", "a/b", False),
        ("**.md", "docs/a.md", True),
        ("**/README.md", "README.md", True),
        ("docs/**", "docs", False),
        ("docs/**", "docs/a/b.md", True),
        ("*.jsx?", "page.js", True),
        ("v[12].[0-9]+", "v1.10", True),
        ("v[12].[0-9]+", "v3.1", False),
        ("a.b", "axb", False),
    ],
)
def test_patterns(pattern, value, expected):
    assert matches(pattern, value) is expected


@pytest.fixture
def push(tmp_path) -> Event:
    repository = Repository(1, "acme/x", tmp_path)
    facts = (
        "refs/heads/main",
        "0" * 40,
        "main",
        "ada",
        "title",
        "main",
        "0" * 40,
        repository,
        ["docs/a.md", "src/b.py"],
    )
    return Event("push", None, {}, *facts)


@pytest.fixture
def tag(push) -> Event:
    return replace(push, ref="refs/tags/v1", branch=None, head_branch="v1", changed=[])


def on(text: str) -> dict:
    return Workflow("w.yml", f"on: {text}\njobs: {{}}\n").triggers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("push", True),
        ("[push, pull_request]", True),
        ("pull_request", False),
        ("{push: }", True),
        ("{push: {branches: [main]}}", True),
        ("{push: {branches: [release/**]}}", False),
        ("{push: {branches: ['**', '!main']}}", False),
        ("{push: {branches-ignore: [main]}}", False),
        ("{push: {tags: [v*]}}", False),
        ("{push: {paths: ['src/**']}}", True),
        ("{push: {paths: ['data/**']}}", False),
        ("{push: {paths: ['**', '!src/**', '!docs/**']}}", False),
        ("{push: {paths-ignore: ['docs/**']}}", True),
        ("{push: {paths-ignore: ['docs/**', 'src/**']}}", False),
    ],
)
def test_pushes_of_a_branch(push, text, expected):
    assert starts(on(text), push) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("push", True),
        ("{push: {branches: [main]}}", False),
        ("{push: {tags: [v*]}}", True),
        ("{push: {tags: [w*]}}", False),
    ],
)
def test_pushes_of_a_tag(tag, text, expected):
    assert starts(on(text), tag) is expected


@pytest.mark.parametrize(
    ("text", "action", "expected"),
    [
        ("pull_request", "opened", True),
        ("pull_request", "closed", False),
        ("{pull_request: {types: [closed]}}", "closed", True),
        ("{pull_request: {branches: [develop]}}", "opened", False),
    ],
)
def test_pull_requests(push, text, action, expected):
    assert starts(on(text), replace(push, name="pull_request", action=action)) is expected


@pytest.mark.parametrize(
    ("text", "action", "expected"),
    [
        ("pull_request_target", "opened", True),
        ("pull_request_target", "labeled", False),
        ("{pull_request_target: {types: [labeled]}}", "labeled", True),
        ("{pull_request: {types: [labeled]}}", "labeled", False),
    ],
)
def test_pull_requests_met_on_the_default_branch(push, text, action, expected):
    assert starts(on(text), replace(push, name="pull_request_target", action=action)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{workflow_run: {workflows: [Pull request], types: [completed]}}", True),
        ("{workflow_run: {workflows: [Other]}}", False),
        ("{workflow_run: {workflows: [Pull request], types: [requested]}}", False),
        ("{workflow_run: {workflows: [Pull request], branches: [other]}}", False),
    ],
)
def test_workflow_runs(push, text, expected):
    event = replace(push, name="workflow_run", action="completed", payload={"workflow": {"name": "Pull request"}})
    assert starts(on(text), event) is expected


def test_a_filter_that_the_event_does_not_have_is_an_error(push):
    with pytest.raises(ValueError, match="branch is no filter"):
        starts(on("{push: {branch: [main]}}"), push)
