"""signature.json: what a bundle takes and answers, for the service, its documentation and its smoke test."""

import numpy as np
import pandas as pd

from . import model
from .features import CATEGORIES, NUMBERS
from .params import Params


def signature(rows: pd.DataFrame, predicted: np.ndarray, options: Params) -> dict:
    """The signature, with the first rows and the graph's predictions for them as examples."""
    count = options.package.examples
    examples = zip(rows[:count].to_dict("records"), predicted[:count], strict=False)
    return {
        "schema": 1,
        "name": model.NAME,
        "task": model.TASK,
        "threshold": model.threshold(options.evaluate),
        "inputs": inputs(),
        "outputs": [output()],
        "onnx_output": model.ONNX_OUTPUT,
        "onnx_column": model.ONNX_COLUMN,
        "examples": [{"inputs": plain(row), "output": shortest(value)} for row, value in examples],
    }


def inputs() -> list[dict]:
    """The columns that the graph takes, with what each accepts."""
    texts = [
        {
            "name": name,
            "type": "string",
            "nullable": False,
            "minimum": None,
            "maximum": None,
            "categories": column.accepted,
            "description": column.description,
            "unit": "",
        }
        for name, column in CATEGORIES.items()
    ]
    numbers = [
        {
            "name": name,
            "type": "float",
            "nullable": column.nullable,
            "minimum": column.minimum,
            "maximum": column.maximum,
            "categories": None,
            "description": column.description,
            "unit": column.unit,
        }
        for name, column in NUMBERS.items()
    ]
    return texts + numbers


def output() -> dict:
    """What the graph answers, for each row."""
    about = {"description": model.OUTPUT_DESCRIPTION, "unit": model.OUTPUT_UNIT}
    return {"name": model.OUTPUT, "type": "float", **about}


def plain(row: dict) -> dict:
    """A row of features as JSON knows it: null for what is not known."""
    return {name: row[name] for name in CATEGORIES} | {
        name: None if np.isnan(row[name]) else shortest(row[name]) for name in NUMBERS
    }


def shortest(value: float) -> float:
    """The shortest decimal number that is the same float32."""
    return float(str(np.float32(value)))
