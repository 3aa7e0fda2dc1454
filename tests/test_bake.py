"""What a bake leaves: the exact files, nothing unrendered, and files that their tools can read."""

import configparser
import re
import shutil
import subprocess
import tomllib
from itertools import product
from pathlib import Path

import pytest
import yaml

from mlgitops import strict
from mlgitops.compare.gates import read
from tests.template import BIN, ROOT, bake, own_tests

LOCAL = {"data_remote": "local", "data_remote_url": "/srv/dvc store"}
TASKS = ["classification", "regression"]
REMOTES = [{}, LOCAL]
TARGETS = ["local", "kubernetes"]
LICENCES = {
    "MIT": "MIT License",
    "Apache-2.0": "Apache License",
    "BSD-3-Clause": "BSD 3-Clause License",
    "Proprietary": "Copyright",
}
NAMES = [
    ("Flüge nach Köln", "fluge-nach-koln", "fluge_nach_koln"),
    ("2013 flights", "2013-flights", "ml_2013_flights"),
    ('Bob\'s "best" <model> & {more} | #1', "bob-s-best-model-more-1", "bob_s_best_model_more_1"),
    ("  Spaces   everywhere ", "spaces-everywhere", "spaces_everywhere"),
]
MODULES = [
    *("__init__", "card", "card_text", "conversion", "document", "evaluate", "evaluation", "expectations"),
    *("features", "folder", "graph", "ingest", "leakage", "metrics", "model", "outcome", "package", "params"),
    *("parent", "persistence", "plots", "predictions", "prepare", "problem", "raw", "reference", "score"),
    *("signature", "strict", "suite", "table", "train", "validate"),
]
TESTS = [
    *("conftest", "test_features", "test_folder", "test_ingest", "test_leakage", "test_metrics", "test_models"),
    *("test_params", "test_pipeline", "test_prepare", "test_stages", "test_suite", "test_table", "test_validate"),
]
FILES = {
    *(".dvc/.gitignore", ".dvc/config", ".dvcignore", ".gitignore", ".pre-commit-config.yaml", ".python-version"),
    *(".github/CODEOWNERS", ".github/dependabot.yml", ".github/pull_request_template.md", ".github/zizmor.yml"),
    *("CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "SECURITY.md", "dvc.yaml", "gates.yaml", "params.yaml"),
    *("expectations/prepared.yaml", "expectations/raw.yaml", "pyproject.toml", "requirements.lock"),
    *("environments/production.yaml", "environments/staging.yaml"),
    *(f"src/flight_delays/{name}.py" for name in MODULES),
    *(f"tests/{name}.py" for name in TESTS),
}
CLUSTER = {
    "deploy/Dockerfile",
    *(f"deploy/kubernetes/{name}" for name in ("README.md", "argo-cd/production.yaml", "argo-cd/staging.yaml")),
    *(f"deploy/kubernetes/base/{name}.yaml" for name in ("autoscaler", "deployment", "disruption", "isolation")),
    *(
        f"deploy/kubernetes/base/{name}.yaml"
        for name in ("kustomization", "monitor", "namespace", "requests", "service")
    ),
    *(f"deploy/kubernetes/components/rollouts/{name}.yaml" for name in ("analysis", "kustomization", "rollout")),
    *(f"deploy/kubernetes/overlays/{name}.yaml" for name in ("staging/kustomization", "production/kustomization")),
    "deploy/kubernetes/overlays/production/autoscaler.yaml",
}
COPIED = (".github/actions/", ".github/workflows/")  # not rendered
ELSEWHERE = ("src/flight_delays/service/", "tests/service/")  # each has a list of its own


ARGUMENT = re.compile(r"\{\{args\.[a-z]+\}\}")  # of an AnalysisTemplate, filled in by Argo Rollouts


def files(project: Path) -> dict[str, str]:
    """Path -> text of every file but the vendored actions and the workflows, which are not rendered."""
    paths = [path for path in project.rglob("*") if path.is_file()]
    named = {path.relative_to(project).as_posix(): path for path in paths}
    return {name: path.read_text(encoding="utf-8") for name, path in named.items() if not name.startswith(COPIED)}


def contents(project: Path) -> dict[str, bytes]:
    """Path → bytes of every file."""
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def check_whole(project: Path) -> None:
    assert read(project / "gates.yaml").data.key
    for name, text in files(project).items():
        text = ARGUMENT.sub("", text)
        for trace in ("{{", "{%", "cookiecutter"):
            assert trace not in text, f"{name} holds {trace}"
        if name.endswith(".py"):
            compile(text, name, "exec")
        elif name.endswith(".yaml"):
            assert strict.load(text.encode(), name), name  # which refuses a key that is there twice
        elif name.endswith(".toml"):
            tomllib.loads(text)


def test_the_files_of_the_default_bake(tmp_path: Path):
    project = bake(tmp_path)
    found = {name for name in files(project) if not name.startswith(ELSEWHERE)}
    assert found == FILES
    assert (project / ".github/actions/src/mlgitops/cli/__init__.py").is_file()
    assert not (project / ".github/actions").is_symlink()
    assert not list(project.rglob("__pycache__"))


def test_kubernetes_adds_its_files_and_takes_none_away(tmp_path: Path):
    found = {name for name in files(bake(tmp_path, deploy_target="kubernetes")) if not name.startswith(ELSEWHERE)}
    assert found == FILES | CLUSTER


@pytest.mark.parametrize(("task", "remote", "target"), list(product(TASKS, REMOTES, TARGETS)), ids=str)
def test_every_combination_is_whole_and_clean(tmp_path: Path, task: str, remote: dict[str, str], target: str):
    project = bake(tmp_path, task_type=task, deploy_target=target, **remote)
    check_whole(project)
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run([BIN / "ruff", *command, "."], cwd=project, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("licence", LICENCES)
def test_a_licence_names_its_owner(tmp_path: Path, licence: str):
    project = bake(tmp_path, licence=licence, author="Ada & 'Söhne'")
    text = (project / "LICENSE").read_text(encoding="utf-8")
    assert text.lstrip().startswith(LICENCES[licence])
    assert "Ada & 'Söhne'" in text


@pytest.mark.parametrize(("name", "slug", "package"), NAMES)
def test_odd_names(tmp_path: Path, name: str, slug: str, package: str):
    project = bake(tmp_path, project_name=name, description=name)
    assert project.name == slug
    assert (project / "src" / package / "train.py").is_file()
    check_whole(project)
    described = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (described["name"], described["description"]) == (slug, name)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_python_version(tmp_path: Path, version: str):
    project = bake(tmp_path, python_version=version, deploy_target="kubernetes")
    assert (project / ".python-version").read_text() == f"{version}\n"
    base = re.compile(rf"FROM python:{re.escape(version)}-slim-bookworm@sha256:[0-9a-f]{{64}} AS python")
    assert [line for line in (project / "deploy/Dockerfile").read_text().splitlines() if base.fullmatch(line)]


@pytest.mark.parametrize(("remote", "url"), [({}, "storage"), (LOCAL, "/srv/dvc store")])
def test_the_remote_is_verified(tmp_path: Path, remote: dict[str, str], url: str):
    config = configparser.ConfigParser()
    config.read(bake(tmp_path, **remote) / ".dvc" / "config")
    assert config["core"]["remote"] == "storage"
    assert dict(config["'remote \"storage\"'"]) == {"url": url, "verify": "true"}


@pytest.mark.parametrize(("task", "model"), [("classification", "late-arrival"), ("regression", "delay-minutes")])
def test_the_model_has_one_name_everywhere(tmp_path: Path, task: str, model: str):
    project = bake(tmp_path, task_type=task)
    gates = yaml.safe_load((project / "gates.yaml").read_text(encoding="utf-8"))
    stages = yaml.safe_load((project / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert (gates["name"], gates["model"]) == (model, f"models/{model}")
    assert stages["package"]["outs"] == [f"models/{model}"]
    assert f'NAME = "{model}"' in (project / "src/flight_delays/model.py").read_text(encoding="utf-8")
    assert gates["predictions"] in stages["evaluate"]["outs"]


def test_no_command_of_a_stage_is_filled_in_from_parameters(tmp_path: Path):
    assert "${" not in (bake(tmp_path) / "dvc.yaml").read_text(encoding="utf-8")


def test_make_prints_the_commands(tmp_path: Path):
    done = subprocess.run(["make"], cwd=bake(tmp_path), capture_output=True, text=True, check=True)
    printed = [line.split()[1] for line in done.stdout.splitlines()]
    daily = ["setup", "data", "train", "report", "noise", "audit", "serve", "rollback", "test", "lint"]
    assert printed == [*daily, "lock", "github-settings"]


def test_the_lock_holds_no_address_and_does_not_depend_on_answers(tmp_path: Path):
    folders = [tmp_path / task for task in TASKS]
    for folder in folders:
        folder.mkdir()
    first, second = (bake(at, task_type=task) for at, task in zip(folders, TASKS, strict=True))
    text = (first / "requirements.lock").read_text(encoding="utf-8")
    assert text == (second / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text


@pytest.mark.slow
@pytest.mark.parametrize(("task", "left_out"), [("classification", []), ("regression", ["--ignore=tests/service"])])
def test_the_generated_tests_pass(tmp_path: Path, task: str, left_out: list[str]):
    """The service's tests are the same for both tasks, and take minutes."""
    project = bake(tmp_path, task_type=task)
    done = own_tests(project, *left_out)
    assert done.returncode == 0, done.stdout[-3000:]


def test_cruft_makes_the_same_files(tmp_path: Path):
    template, made = tmp_path / "template", tmp_path / "made"
    shutil.copytree(ROOT, template, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv", "build", "*cache*"))
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "Template"]):
        subprocess.run(["git", *command], cwd=template, check=True)
    create = [BIN / "cruft", "create", template, "--no-input", "--output-dir", made]
    subprocess.run(create, check=True, capture_output=True)
    (project,) = made.iterdir()
    ours, theirs = contents(bake(tmp_path)), contents(project)
    assert theirs.pop(".cruft.json")
    assert theirs == ours
