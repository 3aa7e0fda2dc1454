"""From the bytes of a request to the answer, and to the log."""

import os
from pathlib import Path

import msgspec
import pyarrow as pa

from .log import Log, Stream, now
from .metrics import Metrics
from .refusal import Refused, decode
from .state import Endpoint

TIME = pa.timestamp("us", tz="UTC")
ARROW = {"string": pa.string(), "float": pa.float64(), "int": pa.int64()}


class Predictor:
    """Scores rows, names each prediction, and logs inputs and output."""

    def __init__(self, endpoint: Endpoint, *, log: Log, metrics: Metrics, folder: Path) -> None:
        signature = endpoint.bundle.signature
        labels = endpoint.name, endpoint.model
        self._endpoint, self._log, self._threshold = endpoint, log, signature.threshold
        self._inputs = {each.name: each for each in signature.inputs}
        self._decoder = msgspec.json.Decoder(endpoint.types.body)
        self._seconds, self._rows = metrics.seconds.labels(*labels), metrics.rows.labels(*labels)
        self._refused = metrics.refused.labels(*labels)
        # the inputs are columns of their own, under a name that no column of a table has
        inputs = [(f"inputs.{each.name}", ARROW[each.type]) for each in signature.inputs]
        head = [("id", pa.string()), ("time", TIME), ("model", pa.string()), ("output", pa.float64())]
        self._stream = Stream(folder / "predictions" / endpoint.name, pa.schema(head + inputs))

    def __call__(self, body: bytes) -> msgspec.Struct:
        """The answer to a row or a list of rows in JSON; Refused for bad input."""
        with self._seconds.time():
            rows = self._decode(body)
            rows = rows if isinstance(rows, list) else [rows]
            columns = list(zip(*map(msgspec.structs.astuple, rows), strict=True))
            outputs = self._endpoint.bundle.score(columns)
            ids = new_ids(len(rows))
            self._rows.inc(len(rows))
            log = [ids, [now()] * len(rows), [self._endpoint.model] * len(rows), outputs, *columns]
            self._log.put(self._stream, log, len(rows))
            return self._answer(ids, outputs)

    def _decode(self, body: bytes):
        try:
            return decode(self._decoder, body, self._inputs)
        except Refused:
            self._refused.inc()
            raise

    def _answer(self, ids: list[str], outputs: list[float]) -> msgspec.Struct:
        types, model = self._endpoint.types, self._endpoint.model
        if self._threshold is None:
            predictions = [
                types.prediction(id, model, output) for id, output in zip(ids, outputs, strict=True)
            ]
        else:
            predictions = [
                types.prediction(id, model, output, int(output >= self._threshold))
                for id, output in zip(ids, outputs, strict=True)
            ]
        return types.answer(predictions)


class Truths:
    """Takes what was true of earlier predictions, by their ids."""

    def __init__(self, endpoint: Endpoint, *, log: Log, metrics: Metrics, folder: Path) -> None:
        self._log, self._rows = log, metrics.feedback.labels(endpoint.name, endpoint.model)
        self._decoder = msgspec.json.Decoder(endpoint.types.truths)
        fields = [("id", pa.string()), ("time", TIME), ("truth", pa.float64())]
        self._stream = Stream(folder / "feedback" / endpoint.name, pa.schema(fields))

    def __call__(self, body: bytes) -> int:
        """How many truths were taken; Refused for bad input."""
        truths = decode(self._decoder, body, {})
        truths = truths if isinstance(truths, list) else [truths]
        columns = [[each.id for each in truths], [now()] * len(truths), [each.truth for each in truths]]
        self._log.put(self._stream, columns, len(truths))
        self._rows.inc(len(truths))
        return len(truths)


def new_ids(rows: int) -> list[str]:
    """An id for each prediction: 16 random hex digits, and the row's number where there are several."""
    request = os.urandom(8).hex()
    return [request] if rows == 1 else [f"{request}-{row}" for row in range(rows)]
