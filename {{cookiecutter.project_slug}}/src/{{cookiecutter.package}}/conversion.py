"""The fitted estimator as an ONNX graph: raw columns in, predictions out, preprocessing included."""

from pathlib import Path

from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.pipeline import Pipeline

from .features import CATEGORIES, NUMBERS
from .model import ONNX_OPTIONS

OPSET = {"": 18, "ai.onnx.ml": 3}


def save(estimator: Pipeline, path: Path) -> None:
    path.write_bytes(convert(estimator))


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
