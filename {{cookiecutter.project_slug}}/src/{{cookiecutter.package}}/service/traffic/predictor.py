"""From the bytes of a request to the bytes of its answer."""

import os
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from ..http.refusal import Refusal, Refused, decode
from ..logs.record import Scored
from ..metrics import Metrics
from ..models.model import Model
from ..models.signature import Input
from ..models.types import one_or_many, row_type, title
from .endpoint import Endpoint
from .pipeline import LABEL, Pipeline
from .scoring import Caller, Scoring

encode = msgspec.json.Encoder().encode


class Rows:
    """Reads the rows of a body, one or a list; Refused for bad input, which is counted."""

    def __init__(self, name: str, inputs: list[Input], body: Any, metrics: Metrics) -> None:
        self._decoder = msgspec.json.Decoder(body)
        self._inputs = {each.name: each for each in inputs}
        self._refused = metrics.refused.labels(name)

    def __call__(self, body: bytes) -> list[tuple]:
        try:
            rows = decode(self._decoder, body, self._inputs)
        except Refused:
            self._refused.inc()
            raise
        return [astuple(row) for row in rows] if isinstance(rows, list) else [astuple(rows)]


class Predictor:
    """Answers for an endpoint that models serve."""

    def __init__(self, endpoint: Endpoint, scoring: Scoring, metrics: Metrics) -> None:
        self._endpoint, self._score, self._refused = endpoint, scoring, metrics.refused.labels(endpoint.name)
        self._rows = Rows(endpoint.name, endpoint.inputs, endpoint.types.body, metrics)
        self._rows_for = {each.name: _rows_for(endpoint, each, metrics) for each in endpoint.models.values()}
        self._labels = Labels([endpoint])

    def __call__(self, body: bytes, caller: Caller) -> bytes:
        """The answer to a row or a list of rows, both as JSON; Refused for bad input."""
        rows = self._reader(caller.version)(body)
        scored = self._score(rows, new_ids(len(rows)), caller)
        columns = [scored.ids, scored.models, scored.outputs, *self._labels(scored)]
        return encode(self._endpoint.types.answer(list(map(self._endpoint.types.prediction, *columns))))

    def _reader(self, version: str | None) -> Rows:
        if version is None:
            return self._rows
        if model := self._endpoint.named(version):
            return self._rows_for[model.name]
        self._refused.inc()
        raise _no_such_version(version, [self._endpoint])


class PipelinePredictor:
    """Answers for a pipeline: each step scores all rows, and is logged where its endpoint is."""

    def __init__(self, pipeline: Pipeline, scoring: dict[str, Scoring], metrics: Metrics) -> None:
        self._pipeline, self._scoring = pipeline, scoring
        self._rows = Rows(pipeline.name, pipeline.inputs, pipeline.body, metrics)
        self._refused = metrics.refused.labels(pipeline.name)
        self._labels = Labels(pipeline.endpoints)

    def __call__(self, body: bytes, caller: Caller) -> bytes:
        """The answer to a row or a list of rows, both as JSON; Refused for bad input."""
        version, endpoints = caller.version, self._pipeline.endpoints
        if version is not None and not any(each.named(version) for each in endpoints):
            self._refused.inc()
            raise _no_such_version(version, endpoints)
        rows = self._rows(body)
        ids = new_ids(len(rows))
        known = dict(zip((each.name for each in self._pipeline.inputs), zip(*rows, strict=True), strict=True))
        steps = [self._step(endpoint, taken, known, ids, caller) for endpoint, taken in self._pipeline.steps]
        return encode(self._pipeline.answer(list(map(self._pipeline.prediction, ids, *steps))))

    def _step(
        self,
        endpoint: Endpoint,
        taken: dict[str, str],
        known: dict[str, Sequence[Any]],
        ids: list[str],
        caller: Caller,
    ) -> list[msgspec.Struct]:
        """What one step answers; `known`, columns by name, gets its outputs as <endpoint>.<output>."""
        fields = [known[taken.get(each.name, each.name)] for each in endpoint.inputs]
        scored = self._scoring[endpoint.name](list(zip(*fields, strict=True)), ids, caller)
        labels = self._labels(scored)
        known[f"{endpoint.name}.{endpoint.output.name}"] = scored.outputs
        known |= {f"{endpoint.name}.{LABEL}": each for each in labels}
        return list(map(endpoint.types.scored, scored.models, scored.outputs, *labels))


class Labels:
    """The labels of predictions, by their models' thresholds: a list of one column, or of none."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        models = [model for endpoint in endpoints for model in endpoint.models.values()]
        self._thresholds = {each.name: each.signature.threshold for each in models}

    def __call__(self, scored: Scored) -> list[list[int]]:
        if self._thresholds[scored.models[0]] is None:
            return []
        thresholds = map(self._thresholds.__getitem__, scored.models)
        return [[int(output >= least) for output, least in zip(scored.outputs, thresholds, strict=True)]]


def new_ids(rows: int) -> list[str]:
    """An id for each prediction: 16 random hex digits, and the row's number where there are several."""
    request = os.urandom(8).hex()
    return [request] if rows == 1 else [f"{request}-{row}" for row in range(rows)]


def _rows_for(endpoint: Endpoint, model: Model, metrics: Metrics) -> Rows:
    """What a caller must send who asks for one model by its version: what that model takes."""
    inputs = endpoint.inputs_of(model)
    return Rows(endpoint.name, inputs, one_or_many(row_type(title(endpoint.name, "Row"), inputs)), metrics)


def _no_such_version(version: str, endpoints: list[Endpoint]) -> Refused:
    accepted = ", ".join(name for endpoint in endpoints for name in endpoint.models)
    return Refused(Refusal(f"X-Model-Version: {version} does not name one of the routes", accepted=accepted))
