"""What serves is traced by its address, and told with the merge that it came from."""

import json
import os
import subprocess

import pytest

from mlgitops.deploy import status
from mlgitops.trace.run import trace
from tests.repositories import commit

pytestmark = pytest.mark.slow


def test_a_running_service_is_traced_and_listed(team, monkeypatch):
    monkeypatch.setenv("MLGITOPS_DEPLOY_ROOT", str(team.root))
    version = team.package(1.0)
    merged = commit(team.repository, {"README.md": "# One\n"}, "Predict late arrivals (#5)")
    team.repository.git("push", "--quiet", "origin", "HEAD:main")
    team.deploy()
    (found,) = trace(team.repository, team.client().url + "/")
    assert [each.tag for each in found.versions] == [version]
    serving = found.serving[0]
    assert (serving.environment, serving.model, serving.url) == ("staging", version, team.client().url)
    assert serving.since == team.client().status().since

    run = {"cwd": team.repository.root, "capture_output": True, "text": True, "check": True}
    (listed,) = json.loads(subprocess.run(["mlgitops", "status", "--json"], **run).stdout)
    assert listed["merge"] == {
        "commit": merged,
        "subject": "Predict late arrivals (#5)",
        "author": "Ada",
        "pull": 5,
    }
    assert listed["status"]["serving"]["models"] == {version: found.digest}
    lines = subprocess.run(["mlgitops", "status"], **run).stdout.splitlines()
    assert lines[0].startswith(f"staging  {team.client().url}  healthy since 20")
    assert lines[1:] == [
        f"  late-arrival: {version}",
        f"  {version}: {found.digest}",
        f"  commit {merged[:12]}, #5 by Ada: Predict late arrivals (#5)",
    ]

    outside = subprocess.run(
        ["mlgitops", "status"], cwd=team.root, env=os.environ, capture_output=True, text=True, check=True
    )
    assert outside.stdout.splitlines()[-1] == f"  commit {merged[:12]}"
    status.stop(team.root, "staging")
    (found,) = trace(team.repository, version)
    assert found.serving[0].since is None, "by its file: it does not answer"
