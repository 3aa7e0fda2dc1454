"""A model as an ONNX graph: what serving, checking and scoring need of it, without what trained it."""

from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd

from .problem import Problem

BATCH = 50_000  # rows


def predict(graph: Path, rows: pd.DataFrame, output: str, column: int) -> np.ndarray:
    """One column of an output of the graph for each row, float64, shape (n,).

    Problem when the graph can't be loaded or run, or wants a column that the rows do not have.
    """
    session = _session(graph)
    wanted = {entry.name: entry.type for entry in session.get_inputs()}
    missing = sorted(wanted.keys() - set(rows.columns))
    if missing:
        raise Problem(f"the model needs columns that these rows do not have: {', '.join(missing)}")
    parts = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
    try:
        answers = [session.run([output], _feed(part, wanted))[0].reshape(len(part), -1) for part in parts]
        return np.concatenate(answers)[:, column].astype("float64")
    except Exception as error:  # onnxruntime raises a class of its own for each cause
        raise Problem(f"{graph} can't score these rows: {_line(error)}") from None


def _session(graph: Path) -> onnxruntime.InferenceSession:
    """The graph, ready to run; from its bytes, so that it can name no other file."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what is wrong with a graph is said by the exception
    try:
        return onnxruntime.InferenceSession(graph.read_bytes(), options, providers=["CPUExecutionProvider"])
    except FileNotFoundError:
        raise Problem(f"{graph} does not exist: run dvc repro, or dvc pull") from None
    except Exception as error:
        raise Problem(f"{graph} can't be loaded: {_line(error)}") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _feed(rows: pd.DataFrame, wanted: dict[str, str]) -> dict[str, np.ndarray]:
    """The rows as the graph's inputs, each of shape (n, 1)."""
    kinds = {"tensor(string)": object, "tensor(float)": "float32", "tensor(int64)": "int64"}
    return {name: rows[name].to_numpy().astype(kinds[kind]).reshape(-1, 1) for name, kind in wanted.items()}
