"""No code of the actions or of a project loads a file in a way that can run what is in it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.template import ACTIONS, bake

MODULES = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "torch"}
CALLS = {"eval", "exec", "get_untrusted_types", "read_pickle", "unsafe_load", "full_load"}
SAFE = "getattr(yaml, 'CSafeLoader', yaml.SafeLoader)"
LOADERS = {"yaml.SafeLoader", "yaml.CSafeLoader", "strict.LOADER", "LOADER", SAFE}


def dangers(source: str) -> Iterator[str]:
    """What in the source loads or runs what a file says."""
    nodes = list(ast.walk(ast.parse(source)))
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    loaders = LOADERS | {each.name for each in classes if LOADERS & set(map(ast.unparse, each.bases))}
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield node.module
        elif isinstance(node, ast.Call) and is_dangerous(node, loaders):
            yield ast.unparse(node)


def is_dangerous(call: ast.Call, loaders: set[str]) -> bool:
    function, arguments = ast.unparse(call.func), list(map(ast.unparse, call.args))
    options = {each.arg: ast.unparse(each.value) for each in call.keywords}
    if function == "yaml.load":
        return not loaders & set(arguments)
    if function == "skops.io.load":
        return options.get("trusted") != "TRUSTED"
    return function.split(".")[-1] in CALLS or options.get("allow_pickle", "False") != "False"


def test_the_actions_load_nothing_that_could_run():
    assert found(ACTIONS / "src") == []


def test_a_project_loads_nothing_that_could_run(tmp_path: Path):
    for task in ("classification", "regression"):
        (tmp_path / task).mkdir()
        assert found(bake(tmp_path / task, task_type=task) / "src") == []


def found(folder: Path) -> list[str]:
    files = list(folder.rglob("*.py"))
    assert len(files) > 20
    return [f"{file}: {danger}" for file in files for danger in dangers(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    "source",
    [
        "import joblib",
        "from pickle import load",
        "import numpy as np\nnp.load(f, allow_pickle=True)",
        "import yaml\nyaml.load(f, yaml.Loader)",
        "import yaml\nyaml.load(f)",
        "eval(text)",
        "exec(text)",
        "pd.read_pickle(f)",
        "skops.io.load(f, trusted=skops.io.get_untrusted_types(file=f))",
    ],
)
def test_what_could_run_is_found(source: str):
    assert list(dangers(source))


@pytest.mark.parametrize(
    "source", ["import yaml\nyaml.load(f, yaml.SafeLoader)", "np.load(f)", "np.load(f, allow_pickle=False)"]
)
def test_what_is_safe_is_not(source: str):
    assert not list(dangers(source))
