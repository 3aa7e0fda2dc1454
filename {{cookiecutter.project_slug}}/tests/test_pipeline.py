"""dvc.yaml against the code: an output must never be older than a module that made it."""

import ast
from pathlib import Path

import pytest
import yaml

from {{ cookiecutter.package }} import params

ROOT = Path(__file__).parents[1]
SOURCE = Path("src/{{ cookiecutter.package }}")
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


def imported(module: str) -> set[str]:
    """The project's modules that a module imports itself, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / SOURCE / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            inside = node.level == 1 or (node.module or "").split(".")[0] == SOURCE.name
            parts = (node.module or "").removeprefix(SOURCE.name).strip(".").split(".")
            names |= ({parts[0]} if parts[0] else {each.name for each in node.names}) if inside else set()
        elif isinstance(node, ast.Import):
            inside = [each.name for each in node.names if each.name.startswith(f"{SOURCE.name}.")]
            names |= {name.split(".")[1] for name in inside}
    return names


def modules(stage: str) -> set[str]:
    """The module of a stage and all that it imports, directly or not."""
    seen, waiting = set(), {stage}
    while waiting:
        seen.add(module := waiting.pop())
        waiting |= imported(module) - seen
    return seen


@pytest.mark.parametrize("stage", STAGES)
def test_the_deps_of_a_stage_are_the_modules_that_it_imports(stage: str):
    deps = {dep for dep in STAGES[stage]["deps"] if dep.startswith("src/")}
    assert deps == {f"{SOURCE}/{module}.py" for module in modules(stage)}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_runs_again_with_other_packages(stage: str):
    assert "requirements.lock" in STAGES[stage]["deps"]


@pytest.mark.parametrize("stage", STAGES)
def test_stage_module_and_section_have_one_name(stage: str):
    assert STAGES[stage]["cmd"] == f"STAGE_PARENT=$PPID exec python -m {SOURCE.name}.{stage}"
    assert stage in STAGES[stage]["params"]
    assert stage in params.Params.__struct_fields__


def test_the_package_itself_imports_nothing_that_could_change_an_output():
    assert imported("__init__") == {"parent"} and imported("parent") == set()
