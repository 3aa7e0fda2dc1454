"""A workflow that another one calls runs as the caller's job, with the caller's permissions and inputs."""

import pytest

from loopback.runner.called import inlined
from loopback.runner.workflow import Workflow

CALLER = """
name: Deploy
on: push
permissions: {}
jobs:
  proof:
    runs-on: ubuntu-latest
    steps: [{run: echo proven}]
  image:
    name: Image of staging
    needs: proof
    if: always()
    uses: ./.github/workflows/image.yml
    with: {environment: staging}
    permissions: {packages: write}
"""
CALLED = """
name: Image
on: {workflow_call: {inputs: {environment: {type: string, required: true}}}}
permissions: {}
jobs:
  build:
    runs-on: ubuntu-latest
    permissions: {contents: write}
    steps: [{run: "echo ${{ inputs.environment }} ${{ github.sha }}"}]
"""


def test_the_called_job_stands_in_the_callers_place():
    found = inlined(Workflow("deploy.yml", CALLER), {".github/workflows/image.yml": CALLED}.get)
    assert found.jobs["image"] == {
        "runs-on": "ubuntu-latest",
        "permissions": {"packages": "write"},
        "if": "always()",
        "name": "Image of staging",
        "needs": ["proof"],
        "steps": [{"run": "echo staging ${{ github.sha }}"}],
    }
    assert list(found.order()) == ["proof", "image"]


def test_a_workflow_that_calls_none_is_left_as_it_is():
    plain = Workflow("image.yml", CALLED)
    assert inlined(plain, {}.get) is plain


@pytest.mark.parametrize(("text", "jobs"), [(None, 0), (CALLED + "  more: {runs-on: a, steps: []}\n", 2)])
def test_what_is_not_stood_in_for_is_said(text: str | None, jobs: int):
    with pytest.raises(ValueError, match=f"image.yml, which has {jobs} jobs"):
        inlined(Workflow("deploy.yml", CALLER), lambda path: text)
