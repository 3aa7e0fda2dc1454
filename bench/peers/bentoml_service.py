"""The same graph as a BentoML service: typed rows in, scores out. BUNDLE says where the bundle is."""

import json
import os
from pathlib import Path

import bentoml
import numpy as np
import onnxruntime
from pydantic import BaseModel, create_model

BUNDLE = Path(os.environ["BUNDLE"])
SIGNATURE = json.loads((BUNDLE / "signature.json").read_text())
KINDS = {each["name"]: str if each["type"] == "string" else float for each in SIGNATURE["inputs"]}
FIELDS = {
    each["name"]: (KINDS[each["name"]] | None if each["nullable"] else KINDS[each["name"]], ...)
    for each in SIGNATURE["inputs"]
}
Row: type[BaseModel] = create_model("Row", **FIELDS)


@bentoml.service(workers=1)
class LateArrival:
    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(BUNDLE / "model.onnx", options)

    @bentoml.api
    def predict(self, rows: list[Row]) -> list[float]:
        columns = {
            name: np.array([getattr(row, name) for row in rows], object if kind is str else np.float32).reshape(-1, 1)
            for name, kind in KINDS.items()
        }
        (found,) = self.session.run([SIGNATURE["onnx_output"]], columns)
        return found[:, SIGNATURE["onnx_column"]].tolist()
