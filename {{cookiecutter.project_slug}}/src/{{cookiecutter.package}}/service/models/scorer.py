"""From rows to the tensors of a graph, and from its output to numbers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import onnxruntime

from .signature import Signature


class Tensors(NamedTuple):
    """Inputs of a graph that have one type, and the places of their values in a row."""

    dtype: type
    names: list[str]
    places: list[int]


class Scorer:
    """Scores rows by a session. It keeps nothing: any thread may call it, several at once."""

    def __init__(
        self, session: onnxruntime.InferenceSession, signature: Signature, tensors: list[Tensors]
    ) -> None:
        self._session, self._outputs, self._column = session, [signature.onnx_output], signature.onnx_column
        self._tensors = tensors
        self._null_texts = any(each.nullable and each.type == "string" for each in signature.inputs)

    def __call__(self, rows: Sequence[tuple]) -> list[float]:
        """One output for each row."""
        (found,) = self._session.run(self._outputs, self._feed(rows))
        return found.reshape(len(rows), -1)[:, self._column].tolist()

    def _feed(self, rows: Sequence[tuple]) -> dict[str, np.ndarray]:
        """Each input of the graph, (rows, 1).

        One array for all inputs of a type, then cut: an array for each would cost three times as much.
        """
        columns = rows[0] if len(rows) == 1 else list(zip(*rows, strict=True))
        feed = {}
        for dtype, names, places in self._tensors:
            values = np.array([columns[place] for place in places], dtype=dtype)
            if dtype is object and self._null_texts:
                values[np.equal(values, None)] = ""
            feed.update(zip(names, values.reshape(len(names), len(rows), 1), strict=True))
        return feed
