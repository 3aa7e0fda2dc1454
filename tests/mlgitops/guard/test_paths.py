"""Which paths a pull request may not change unseen, told by git and by GitHub."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlgitops.cli import app
from mlgitops.guard import paths
from mlgitops.guard.paths import between, protected
from mlgitops.repository.git import Repository
from tests.repositories import commit


@pytest.mark.parametrize(
    "path",
    [
        *(".dvc/config", ".dvc/config.local", ".dvc", ".github/workflows/new.yml", ".github/CODEOWNERS", ".github"),
        *("CODEOWNERS", "docs/CODEOWNERS", "gates.yaml", "environments/production.yaml", "environments/eu/a.yaml"),
        *("deploy", "deploy/Dockerfile", "deploy/kubernetes/base/deployment.yaml"),
    ],
)
def test_a_protected_path(path: str) -> None:
    assert protected(["README.md", path]) == (path,)


@pytest.mark.parametrize(
    "path",
    [
        *("README.md", "docs/gates.yaml", "src/environments/x.py", ".dvcignore", ".dvc/.gitignore"),
        *("params.yaml", "dvc.lock", ".githubx", "gates.yamlx", "environment"),
    ],
)
def test_another_path(path: str) -> None:
    assert protected([path]) == ()


def test_every_file_of_gates_is_protected_by_its_own_name() -> None:
    gates = [Path("a[1].yaml"), Path("./models/b.yaml")]
    changed = ["a[1].yaml", "a1.yaml", "models/b.yaml", "gates.yaml"]
    assert protected(changed, gates) == ("a[1].yaml", "models/b.yaml")


def test_only_what_the_branch_itself_changed_counts(repository: Repository) -> None:
    base = commit(repository, {"gates.yaml": "a: 1\n", "environments/staging.yaml": ""})
    repository.git("switch", "--quiet", "-c", "change")
    commit(repository, {"README.md": "# Words\n"})
    repository.git("switch", "--quiet", "--detach", base)
    newer = commit(repository, {"gates.yaml": "a: 2\n"})
    repository.git("switch", "--quiet", "change")
    assert between(repository, newer).paths == ()
    repository.git("mv", "environments/staging.yaml", "staging.yaml")
    commit(repository, {})
    assert between(repository, newer).paths == ("environments/staging.yaml",)


def test_the_verb_names_the_paths_and_says_no(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    base = commit(repository, {"gates.yaml": "a: 1\n"})
    monkeypatch.chdir(repository.root)
    commit(repository, {"README.md": "# Words\n"})
    quiet = CliRunner().invoke(app, ["guard", "--base", base])
    assert (quiet.exit_code, quiet.stdout) == (0, "No protected path is changed.\n")
    commit(repository, {"gates.yaml": "a: 2\n", ".github/workflows/x.yml": "on: push\n"})
    loud = CliRunner().invoke(app, ["guard", "--base", base])
    assert loud.stdout == "- .github/workflows/x.yml\n- gates.yaml\n"
    assert loud.exception.exit_code == 1
    assert "protected paths: '.github/workflows/x.yml', 'gates.yaml'. A code owner" in str(loud.exception)


def test_github_lists_no_more_files_than_are_asked_for() -> None:
    assert paths.LISTED == 3000
