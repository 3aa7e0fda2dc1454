"""The estimator as an ONNX graph: raw columns in, predictions out, preprocessing included."""

from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.pipeline import Pipeline

from .features import CATEGORIES, NUMBERS
from .model import ONNX_OPTIONS
from .problem import Problem

OPSET = {"": 18, "ai.onnx.ml": 3}
BATCH = 50_000  # rows


def convert(estimator: Pipeline) -> bytes:
    """The graph of a fitted estimator: one input of shape (n, 1) for each feature, under its name."""
    inputs = [(name, StringTensorType([None, 1])) for name in CATEGORIES]
    inputs += [(name, FloatTensorType([None, 1])) for name in NUMBERS]
    options = {id(estimator): ONNX_OPTIONS}
    graph = to_onnx(estimator, initial_types=inputs, options=options, target_opset=OPSET)
    imports = sorted(graph.opset_import, key=lambda each: each.domain)  # they come in the order of a set
    del graph.opset_import[:]
    graph.opset_import.extend(imports)
    return graph.SerializeToString()


def predict(graph: bytes | Path, rows: pd.DataFrame, output: str, column: int) -> np.ndarray:
    """One column of an output of the graph for each row, float64, shape (n,).

    Problem when the graph can't be loaded, or wants a column that the rows do not have.
    """
    source = graph if isinstance(graph, bytes) else str(graph)
    try:
        session = onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises a class of its own for each cause
        raise Problem(f"the ONNX graph can't be loaded: {str(error).splitlines()[0]}") from None
    wanted = {entry.name: entry.type for entry in session.get_inputs()}
    missing = sorted(wanted.keys() - set(rows.columns))
    if missing:
        raise Problem(f"the model needs columns that these rows do not have: {', '.join(missing)}")
    parts = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
    answers = [session.run([output], _feed(part, wanted))[0].reshape(len(part), -1) for part in parts]
    return np.concatenate(answers)[:, column].astype("float64")


def _feed(rows: pd.DataFrame, wanted: dict[str, str]) -> dict[str, np.ndarray]:
    """The rows as the graph's inputs, each of shape (n, 1)."""
    kinds = {"tensor(string)": object, "tensor(float)": "float32", "tensor(int64)": "int64"}
    return {name: rows[name].to_numpy().astype(kinds[kind]).reshape(-1, 1) for name, kind in wanted.items()}
