"""Files that claim to be models: what reads one refuses it in one line, and runs nothing of it."""

import os
import pickle
import subprocess
from pathlib import Path

import pytest
import skops.io
from onnx import TensorProto, helper
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from mlgitops.compare import budgets
from mlgitops.errors import CannotCheck
from tests.project.baked import Baked

pytestmark = pytest.mark.slow

ESTIMATOR, BUNDLE = "models/train/estimator.skops", "models/late-arrival"
REFUSED = "refused in one line, and nothing of it runs"


class Evil:
    """Runs a command where it is unpickled."""

    def __reduce__(self) -> tuple:
        return os.system, ("touch marker",)


def calling() -> bytes:
    """An estimator that calls the system's shell when it is used."""
    return skops.io.dumps(Pipeline([("step", FunctionTransformer(os.system))]))


def reaching_out() -> bytes:
    """A graph whose numbers are in a file of the machine that loads it."""
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
    outside = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1], data_location="EXTERNAL")
    outside.external_data.add(key="location", value="../../../../../etc/passwd")
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", [x], [y], [outside])
    imports = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=imports, ir_version=9).SerializeToString()


@pytest.fixture
def trained(undisturbed: Baked, tmp_path: Path) -> Baked:
    return undisturbed.copy(tmp_path / "project")


def replace(path: Path, content: bytes) -> None:
    path.unlink()  # it may be a link into DVC's cache
    path.write_bytes(content)


def bad(name: str, content: bytes) -> pytest.MarkDecorator:
    """For each bad file: a pickle, one that is hostile in its own way, and (None) the good one without its end."""
    hostile, truncated = (pytest.mark.fault(f"{kind} model", REFUSED) for kind in ("hostile", "truncated"))
    cases = [("pickle", pickle.dumps(Evil()), hostile), (name, content, hostile), ("truncated", None, truncated)]
    return pytest.mark.parametrize("content", [pytest.param(each, id=id, marks=mark) for id, each, mark in cases])


def check(done: subprocess.CompletedProcess, exit_code: int, said: str, project: Baked) -> None:
    assert done.returncode == exit_code, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert said in line
    assert not list(project.root.rglob("marker"))


@bad("calling", calling())
def test_an_estimator_is_refused_by_its_stage(trained: Baked, content: bytes | None):
    file = trained.root / ESTIMATOR
    replace(file, content if content is not None else file.read_bytes()[:-1000])
    done = trained.run("python", "-m", "flight_delays.evaluate")
    check(done, 2, f"{ESTIMATOR} can't be loaded as an estimator: ", trained)


@bad("reaching-out", reaching_out())
def test_a_graph_is_refused_by_all_that_load_it(trained: Baked, content: bytes | None):
    file = trained.root / BUNDLE / "model.onnx"
    replace(file, content if content is not None else file.read_bytes()[:-1000])
    scored = trained.run("python", "-m", "flight_delays.score", "--model", BUNDLE, "--out", "scored.parquet")
    check(scored, 2, f"{BUNDLE}/model.onnx can't be loaded: ", trained)
    assert not (trained.root / "scored.parquet").exists()
    served = trained.run("python", "-m", "flight_delays.service", "--bundle", BUNDLE)
    check(served, 1, f"service: {BUNDLE}/model.onnx: ", trained)
    with pytest.raises(CannotCheck, match=r"^The bundle can't be run: [^\n]+\. Run dvc repro$"):
        budgets.row_latencies(None, trained.root / BUNDLE)
