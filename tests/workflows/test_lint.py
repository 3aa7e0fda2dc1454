"""The field's linters find nothing: in the template itself, and in what it generates."""

import subprocess
from pathlib import Path

import pytest

from tests.template import ACTIONS, BIN, PROJECT, ROOT


@pytest.fixture(params=["template", "baked", "kubernetes"])
def github(request: pytest.FixtureRequest) -> Path:
    """The .github folder before and after rendering."""
    return (PROJECT if request.param == "template" else request.getfixturevalue(request.param)) / ".github"


def passes(*command: str | Path, cwd: Path = ROOT) -> None:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def updates(github: Path) -> list[Path]:
    """dependabot.yml, which is a template before it is rendered."""
    return [] if github.parent == PROJECT else [github / "dependabot.yml"]


def files(github: Path, kind: str) -> list[Path]:
    found = sorted((github / kind).glob("*.yml" if kind == "workflows" else "*/action.yml"))
    assert found
    return found


def test_actionlint(github: Path) -> None:
    passes(BIN / "actionlint", *files(github, "workflows"))


def test_zizmor(github: Path) -> None:
    config = github / "zizmor.yml"
    passes(
        BIN / "zizmor", "--offline", "--no-progress", "--persona=pedantic", "--config", config,
        *files(github, "workflows"), *files(github, "actions"), *updates(github),
    )  # fmt: skip


def test_zizmor_would_find_something(tmp_path: Path) -> None:
    """The gate can fail: a naive workflow has findings."""
    naive = tmp_path / "naive.yml"
    naive.write_text(
        "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: echo ${{ github.event.pull_request.title }}\n"
    )
    done = subprocess.run([BIN / "zizmor", "--offline", "--no-progress", naive], capture_output=True, text=True)
    assert done.returncode == 14


def test_zizmor_would_find_packages_that_are_too_new(baked: Path, tmp_path: Path) -> None:
    hasty = tmp_path / "dependabot.yml"
    hasty.write_text((baked / ".github" / "dependabot.yml").read_text().replace("default-days: 7", "default-days: 6"))
    done = subprocess.run([BIN / "zizmor", "--offline", "--no-progress", hasty], capture_output=True, text=True)
    assert done.returncode == 13 and "dependabot-cooldown" in done.stdout


def test_schemas(github: Path) -> None:
    passes(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files(github, "workflows"))
    passes(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-actions", *files(github, "actions"))
    for file in updates(github):
        passes(BIN / "check-jsonschema", "--builtin-schema", "vendor.dependabot", file)


def test_the_templates_own_workflow() -> None:
    own = ROOT / ".github"
    passes(BIN / "actionlint", *files(own, "workflows"))
    passes(
        BIN / "zizmor", "--offline", "--no-progress", "--persona=pedantic", "--config", own / "zizmor.yml",
        *files(own, "workflows"), own / "dependabot.yml",
    )  # fmt: skip
    passes(BIN / "check-jsonschema", "--builtin-schema", "vendor.dependabot", own / "dependabot.yml")


def test_the_workflows_are_copied_and_not_rendered(baked: Path, kubernetes: Path) -> None:
    workflows = contents(PROJECT)
    images = workflows.pop("deploy-images.yml.part")
    assert contents(kubernetes) == workflows | {"deploy.yml": workflows["deploy.yml"] + images}
    assert contents(baked) == {name: text for name, text in workflows.items() if name != "image.yml"}


def contents(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / ".github" / "workflows").iterdir()}


def test_the_actions_are_vendored_whole(baked: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "."],
        cwd=ACTIONS,
        capture_output=True,
        text=True,
    )
    for name in tracked.stdout.splitlines():
        assert (baked / ".github" / "actions" / name).read_bytes() == (ACTIONS / name).read_bytes()
    assert not list((baked / ".github").rglob("__pycache__"))
