"""A small model bundle, made in a few milliseconds: sigmoid(bias of the carrier + slope × temp)."""

import json
import math
from pathlib import Path

from onnx import TensorProto, checker, helper, save

BIAS = {"AA": 0.5, "UA": -0.5}
ROWS = [{"carrier": "AA", "month": 6, "temp": 0.1}, {"carrier": "UA", "month": 7, "temp": 0.3}]


def probability(row: dict, slope: float) -> float:
    return 1 / (1 + math.exp(-(BIAS[row["carrier"]] + slope * (row["temp"] or 0))))


def make_bundle(
    folder: Path, *, slope: float = 1.0, name: str = "late-arrival", recorded: float | None = None
) -> Path:
    """Write a bundle whose golden rows are right, unless `recorded` is what they are to claim."""
    folder.mkdir(parents=True)
    save(graph(slope), folder / "model.onnx")
    outputs = [probability(row, slope) if recorded is None else recorded for row in ROWS]
    signature = {
        "schema": 1,
        "name": name,
        "task": "binary",
        "threshold": 0.5,
        "inputs": [
            {"name": "carrier", "type": "string", "categories": list(BIAS), "description": "airline"},
            {"name": "month", "type": "int", "minimum": 1, "maximum": 12},
            {"name": "temp", "type": "float", "nullable": True, "maximum": 130, "description": "°F"},
        ],
        "outputs": [{"name": "probability", "type": "float", "description": "of a late arrival"}],
        "examples": [{"inputs": row, "output": output} for row, output in zip(ROWS, outputs, strict=True)],
        "onnx_output": "probabilities",
        "onnx_column": 1,
    }
    (folder / "signature.json").write_text(json.dumps(signature))
    return folder


def graph(slope: float):
    column = {"carrier": TensorProto.STRING, "month": TensorProto.INT64, "temp": TensorProto.FLOAT}
    scalars = {"slope": slope, "zero": 0.0, "one": 1.0}
    nodes = [
        helper.make_node(
            "LabelEncoder",
            ["carrier"],
            ["bias"],
            domain="ai.onnx.ml",
            keys_strings=list(BIAS),
            values_floats=list(BIAS.values()),
        ),
        helper.make_node("IsNaN", ["temp"], ["missing"]),
        helper.make_node("Where", ["missing", "zero", "temp"], ["filled"]),
        helper.make_node("Mul", ["filled", "slope"], ["effect"]),
        helper.make_node("Add", ["effect", "bias"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["late"]),
        helper.make_node("Sub", ["one", "late"], ["early"]),
        helper.make_node("Concat", ["early", "late"], ["probabilities"], axis=1),
    ]
    model = helper.make_model(
        helper.make_graph(
            nodes,
            "tiny",
            [helper.make_tensor_value_info(name, kind, [None, 1]) for name, kind in column.items()],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])],
            [helper.make_tensor(name, TensorProto.FLOAT, [], [value]) for name, value in scalars.items()],
        ),
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)],
        ir_version=9,
    )
    checker.check_model(model)
    return model
