"""Predictions of several classes: one column of probabilities for each of them, and their names in y_true."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlgitops.compare.predictions.columns import Array, Columns
from mlgitops.errors import CannotCheck

PREFIX = "y_score_"
MOST = 100  # each class is a column of every matrix product, or a ranking of its own
NEAR = 1e-3  # how near to 1 the probabilities of a row must sum up
INTEGER = re.compile(r"-?\d+")


def columns(present: list[str]) -> list[str]:
    """The columns of the classes, in one order whatever that of the file; where there are none, what is missing."""
    names = [name.removeprefix(PREFIX) for name in present if name.startswith(PREFIX)]
    key = int if all(map(INTEGER.fullmatch, names)) else str
    return [PREFIX + name for name in sorted(names, key=key)] or [PREFIX + "<class>"]


def read(found: Columns, scores: list[str]) -> dict[str, Array]:
    """labels (rows,), scores (rows, classes), classes (classes,); CannotCheck for what does not fit together."""
    if not 2 <= len(scores) <= MOST:
        raise CannotCheck(
            f"Predictions have scores of {len(scores)} classes", given=found.path, next=f"2 to {MOST} fit"
        )
    names = [name.removeprefix(PREFIX) for name in scores]
    probabilities = np.column_stack([found.probabilities(name) for name in scores])
    _sum_to_one(found, probabilities)
    kind = found.table.schema.field("y_true").type
    integers = pa.types.is_integer(kind) and all(map(INTEGER.fullmatch, names))
    classes = np.array([int(name) for name in names] if integers else names)
    return {"labels": _codes(found, names), "scores": probabilities, "classes": classes}


def _sum_to_one(found: Columns, probabilities: Array) -> None:
    sums = probabilities.sum(axis=1)
    bad = np.abs(sums - 1) > NEAR
    if bad.any():
        row = int(np.argmax(bad))
        raise CannotCheck(
            f"Predictions have {bad.sum():,} rows whose scores do not sum up to 1",
            given=f"{found.path}, row {row + 1}: {sums[row]:.4g}",
        )


def _codes(found: Columns, names: list[str]) -> Array:
    """(rows,) int64: the place of each row's class among the names."""
    kind = found.table.schema.field("y_true").type
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_integer(plain) or pa.types.is_string(plain) or pa.types.is_large_string(plain)):
        raise CannotCheck(
            f"Predictions have y_true of type {kind}", given=found.path, next="It must be a class: text or an integer"
        )
    truth = pc.cast(found.table["y_true"], pa.string()).combine_chunks()
    found.refuse("y_true", "missing", pc.is_null(truth).to_numpy(zero_copy_only=False))
    codes = pc.index_in(truth, value_set=pa.array(names))
    if codes.null_count:
        first = truth.filter(pc.is_null(codes))[0].as_py()[:80]
        raise CannotCheck(
            f"Predictions have {codes.null_count:,} values of y_true without a column, first {first!r}",
            given=found.path,
            next=f"Add {PREFIX}{first}",
        )
    return codes.to_numpy().astype(np.int64)
