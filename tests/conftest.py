"""Every test has a home of its own, a git that knows who commits, and nothing of the job it may run in."""

import os
from pathlib import Path

import pytest

JOB = ("GITHUB_", "RUNNER_", "GIT_", "CI", "MAKE", "MFLAGS", "PYTHONDONTWRITEBYTECODE")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder with a git identity; the job's own variables are gone, the network's are kept."""
    for name in [name for name in os.environ if name.startswith(JOB) and name != "GIT_SSL_CAINFO"]:
        monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("home")
    config = "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"
    (folder / ".gitconfig").write_text(config)
    monkeypatch.setenv("HOME", str(folder))
    return folder
