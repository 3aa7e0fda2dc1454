"""A model as an ONNX graph: what serving, checking and scoring need of it, without what trained it."""

from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd

from .problem import Problem

BATCH = 50_000  # rows


def predict(graph: Path, rows: pd.DataFrame, output: str, column: int) -> np.ndarray:
    """One column of an output of the graph for each row, float64, shape (n,).

    Problem when the graph can't be loaded, or wants a column that the rows do not have.
    """
    try:
        session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises a class of its own for each cause
        raise Problem(f"{graph} can't be loaded: {str(error).splitlines()[0]}") from None
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
