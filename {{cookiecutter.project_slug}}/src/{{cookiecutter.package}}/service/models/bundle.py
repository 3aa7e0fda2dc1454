"""A model bundle on disk: its signature, its ONNX graph, and the proof that they are what was packaged."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime

from .scorer import Scorer, Tensors
from .signature import Signature

TOLERANCE = 1e-4  # how far a golden row's output may be from the recorded one
DTYPES = {
    "tensor(string)": object,
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
}
COLUMN_TYPES = {
    "string": {object},
    "float": {np.float32, np.float64},
    "int": {np.int64, np.float32, np.float64},
}


class BadBundle(Exception):
    """The bundle can't be served, and why."""


class Bundle:
    """A loaded model. Raises BadBundle where the folder is not a whole, consistent bundle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.digest = digest(folder)
        self.signature = _signature(folder / "signature.json")
        self._session = _session(folder / "model.onnx")
        self._dtypes = {each.name: self._dtype(each) for each in self.signature.inputs}
        if self.signature.onnx_output not in {out.name for out in self._session.get_outputs()}:
            raise BadBundle(f"{folder}: the graph has no output named {self.signature.onnx_output}")

    def scorer(self, fields: Sequence[str]) -> Scorer:
        """What scores rows that have these fields, in this order; among them are the model's inputs."""
        tensors = []
        for dtype in set(self._dtypes.values()):
            names = [name for name, each in self._dtypes.items() if each is dtype]
            tensors.append(Tensors(dtype, names, [fields.index(name) for name in names]))
        return Scorer(self._session, self.signature, tensors)

    def check(self) -> None:
        """Score the golden rows; BadBundle when one is not within 1e-4 of what was recorded."""
        examples = self.signature.examples
        if not examples:
            raise BadBundle(f"{self.folder}: signature.json has no examples to prove the model with")
        names = [each.name for each in self.signature.inputs]
        try:
            found = self.scorer(names)([tuple(row.inputs.get(name) for name in names) for row in examples])
        except Exception as error:  # of a graph that is not what its signature says, whatever it raises
            raise BadBundle(f"{self.folder}: the golden rows: {str(error).splitlines()[0]}") from error
        for number, (row, got) in enumerate(zip(examples, found, strict=True), start=1):
            if not abs(got - row.output) <= TOLERANCE:
                said = f"golden row {number} gives {got:.6g}, recorded was {row.output:.6g}"
                raise BadBundle(f"{self.folder}: {said}")

    def _dtype(self, column):
        inputs = {each.name: each.type for each in self._session.get_inputs()}
        dtype = DTYPES.get(inputs.get(column.name))
        if dtype not in COLUMN_TYPES[column.type] or (column.nullable and dtype is np.int64):
            found = inputs.get(column.name, "no input of that name")
            kind = column.type + (" or null" if column.nullable else "")
            said = f"{column.name} is {kind} in signature.json, the graph has {found}"
            raise BadBundle(f"{self.folder}: {said}")
        return dtype


def digest(folder: Path) -> str:
    """DVC's hash of a folder, as in the model's tag: the md5 of the JSON list of its files' md5 and paths."""
    if not folder.is_dir():
        raise BadBundle(f"{folder}: no such folder")
    listing = [
        {"md5": hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest(), "relpath": path}
        for path, file in sorted((file.relative_to(folder).as_posix(), file) for file in folder.rglob("*"))
        if file.is_file()
    ]
    return "md5:" + hashlib.md5(json.dumps(listing).encode(), usedforsecurity=False).hexdigest()


def _signature(file: Path) -> Signature:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Signature)
    except OSError as error:
        raise BadBundle(f"{file}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise BadBundle(f"{file}: {error}") from error


def _session(file: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a row takes 0.05 ms: threads would only add their hand-over
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong with a graph is said by the exception
    try:
        # from its bytes, so that it can name no other file
        return onnxruntime.InferenceSession(file.read_bytes(), options, providers=["CPUExecutionProvider"])
    except OSError as error:
        raise BadBundle(f"{file}: {error.strerror}") from error
    except Exception as error:  # onnxruntime has no common base class for its errors
        raise BadBundle(f"{file}: {str(error).splitlines()[0]}") from error
