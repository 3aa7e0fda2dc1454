"""What the log keeps of predictions and of their truths."""

from collections.abc import Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from ..traffic.endpoint import Endpoint
from .log import Stream

TIME = pa.timestamp("us", tz="UTC")
ARROW = {"string": pa.string(), "float": pa.float64(), "int": pa.int64()}


class Scored(NamedTuple):
    """What one request leaves behind, of which the log's thread makes columns.

    A value for each row; of time (microseconds since 1970) and shadow one for all. rows have the endpoint's
    fields, in their order.
    """

    ids: list[str]
    time: int
    models: list[str]
    units: Sequence[str | None]
    shadow: bool
    outputs: list[float]
    rows: list[tuple]


class Told(NamedTuple):
    """Truths of one request, and when they came."""

    ids: list[str]
    time: int
    truths: list[float]


def predictions(endpoint: Endpoint, folder: Path) -> Stream:
    """The stream of an endpoint; inputs are columns of their own, under a name that no table's column has."""
    head = [
        ("id", pa.string()),
        ("time", TIME),
        ("model", pa.string()),
        ("unit", pa.string()),
        ("shadow", pa.bool_()),
        ("output", pa.float64()),
    ]
    inputs = [(f"inputs.{name}", ARROW[kind]) for name, kind in endpoint.logged.items()]
    places = [place for place, each in enumerate(endpoint.inputs) if each.name in endpoint.logged]

    def columns(chunks: list[Scored]) -> list[Sequence[Any]]:
        fields = list(zip(*chain.from_iterable(each.rows for each in chunks), strict=True))
        return [
            _joined(each.ids for each in chunks),
            _joined(repeat(each.time, len(each.ids)) for each in chunks),
            _joined(each.models for each in chunks),
            _joined(each.units for each in chunks),
            _joined(repeat(each.shadow, len(each.ids)) for each in chunks),
            _joined(each.outputs for each in chunks),
            *(fields[place] for place in places),
        ]

    return Stream(folder / "predictions" / endpoint.name, pa.schema(head + inputs), columns)


def truths(endpoint: Endpoint, folder: Path) -> Stream:
    """The stream of what was true."""
    fields = [("id", pa.string()), ("time", TIME), ("truth", pa.float64())]

    def columns(chunks: list[Told]) -> list[Sequence[Any]]:
        return [
            _joined(each.ids for each in chunks),
            _joined(repeat(each.time, len(each.ids)) for each in chunks),
            _joined(each.truths for each in chunks),
        ]

    return Stream(folder / "feedback" / endpoint.name, pa.schema(fields), columns)


def _joined(parts: Any) -> list[Any]:
    return list(chain.from_iterable(parts))
