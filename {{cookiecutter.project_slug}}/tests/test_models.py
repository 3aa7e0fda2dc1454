"""Files that claim to be models: none of them runs anything, each is refused in one line."""

import functools
import io
import operator
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pandas as pd
import pytest
import skops.io
from onnx import TensorProto, helper
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from {{ cookiecutter.package }} import graph, persistence
from {{ cookiecutter.package }}.problem import Problem


class Evil:
    """Runs a command where it is unpickled."""

    def __reduce__(self) -> tuple:
        return os.system, ("touch marker",)


class Strange:
    """Not one of scikit-learn's."""


def pipeline(step: object) -> bytes:
    return skops.io.dumps(Pipeline([("step", step)]))


def truncated() -> bytes:
    return pipeline(StandardScaler())[:-100]


def compressed() -> bytes:
    """A megabyte of zeros in a thousand bytes: the form of a bomb."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as parts:
        parts.writestr("schema.json", bytes(1_000_000))
    return made.getvalue()


ESTIMATORS: dict[str, Callable[[], bytes]] = {
    "pickle": lambda: pickle.dumps(Evil()),
    "a call": lambda: skops.io.dumps(operator.methodcaller("touch", "marker")),
    "a partial call": lambda: skops.io.dumps(functools.partial(os.system, "touch marker")),
    "a step that calls": lambda: pipeline(FunctionTransformer(os.system)),
    "a class of its own": lambda: pipeline(Strange()),
    "an array": lambda: skops.io.dumps(np.arange(3)),
    "truncated": truncated,
    "compressed": compressed,
    "empty": bytes,
}


def onnx(*, operator: str = "Identity", domain: str = "", weights: str | None = None) -> bytes:
    """A graph of one node; weights: the file in which it says that its numbers are."""
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in "xy")
    node = helper.make_node(operator, ["w" if weights else "x"], ["y"], domain=domain)
    made = helper.make_graph([node], "g", [x], [y])
    if weights:
        outside = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1, 1], data_location="EXTERNAL")
        outside.external_data.add(key="location", value=weights)
        made.initializer.append(outside)
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("evil", 1)]
    return helper.make_model(made, opset_imports=imports, ir_version=9).SerializeToString()


GRAPHS: dict[str, Callable[[], bytes]] = {
    "pickle": lambda: pickle.dumps(Evil()),
    "another file": lambda: onnx(weights="weights"),
    "a file above": lambda: onnx(weights="../weights"),
    "a file anywhere": lambda: onnx(weights="/etc/passwd"),
    "an operator of its own": lambda: onnx(operator="Run", domain="evil"),
    "truncated": lambda: onnx()[:-5],
    "empty": bytes,
}


@pytest.mark.parametrize("made", ESTIMATORS.values(), ids=ESTIMATORS)
def test_an_estimator_that_is_refused(project: Path, made: Callable[[], bytes]):
    Path("m.skops").write_bytes(made())
    with pytest.raises(Problem, match=r"m\.skops can't be loaded as an estimator: .+"):
        persistence.load(Path("m.skops"))
    assert not Path("marker").exists()


@pytest.mark.parametrize("made", GRAPHS.values(), ids=GRAPHS)
def test_a_graph_that_is_refused(project: Path, made: Callable[[], bytes]):
    Path("bundle").mkdir()
    for place in ("weights", "bundle/weights"):
        Path(place).write_bytes(bytes(4))
    Path("bundle/model.onnx").write_bytes(made())
    with pytest.raises(Problem, match=r"model\.onnx can't be loaded: [^\n]+$"):
        graph.predict(Path("bundle/model.onnx"), pd.DataFrame({"x": [1.0]}), "y", 0)
    assert not Path("marker").exists()


@pytest.mark.parametrize(("output", "column"), [("z", 0), ("y", 1)])
def test_a_graph_without_the_output_that_is_promised(project: Path, output: str, column: int):
    Path("m.onnx").write_bytes(onnx())
    with pytest.raises(Problem, match=r"m\.onnx can't score these rows: [^\n]+$"):
        graph.predict(Path("m.onnx"), pd.DataFrame({"x": [1.0]}), output, column)


def test_what_the_project_saves_is_what_it_trusts(project: Path):
    persistence.save(Pipeline([("step", StandardScaler())]), Path("m.skops"))
    assert isinstance(persistence.load(Path("m.skops")), Pipeline)
