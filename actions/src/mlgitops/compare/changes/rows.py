"""Rows added, removed and edited between two tables, by one 64-bit hash of each row.

A row's hash mixes the values of all columns that both tables have in a common type. Numbers are equal across types
(1 and 1.0), NaN equals NaN, and NaN is not null. Among 10 million rows, two different ones share a hash with a
probability of 3 in a million.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlgitops.compare.changes.table import Table

NULL = np.uint64(0x9E3779B97F4A7C15)  # any value that no data is likely to hold
NAN = np.array([np.nan]).view(np.uint64)[0]

Pair = tuple[np.ndarray, np.ndarray]  # of the base's rows and of the head's


@dataclass(frozen=True)
class Difference:
    """Counts of rows; edited: None without a key."""

    added: int
    removed: int
    edited: int | None


def difference(base: Table, head: Table, key: list[str]) -> Difference | None:
    """How two tables differ; None where they have no column in common.

    By `key`, if both have all of its columns and every row a key of its own; else as bags of whole rows.
    """
    kinds = common(base, head)
    if not kinds:
        return None
    rows, keys = _start(base, head), _start(base, head)
    for name, kind in kinds.items():
        codes = _codes(base.column(name).cast(kind, safe=False), head.column(name).cast(kind, safe=False))
        for hashes in [rows, keys] if name in key else [rows]:
            for mixed, code in zip(hashes, codes, strict=True):
                _mix(mixed, code)
    if not key or not set(key) <= set(kinds):
        return _as_bags(rows)
    orders = np.argsort(keys[0]), np.argsort(keys[1])
    return _by_key(rows, keys, orders) if all(map(_is_unique, keys, orders)) else _as_bags(rows)


def common(base: Table, head: Table) -> dict[str, pa.DataType]:
    """The columns of both, with the type that holds the values of either."""
    shared = {name: _unified(base.types[name], head.types[name]) for name in base.types if name in head.types}
    return {name: kind for name, kind in shared.items() if kind is not None}


def _unified(*kinds: pa.DataType) -> pa.DataType | None:
    try:
        schemas = [pa.schema([("", kind)]) for kind in kinds]
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except pa.ArrowException:
        return None


def _is_unique(keys: np.ndarray, order: np.ndarray) -> bool:
    ordered = keys[order]
    return not (ordered[1:] == ordered[:-1]).any()


def _by_key(rows: Pair, keys: Pair, orders: Pair) -> Difference:
    """Each of the head's keys is looked up among the base's, in order of both."""
    was, now = (side[order] for side, order in zip(keys, orders, strict=True))
    places = np.searchsorted(was, now)
    shared = places < len(was)
    shared[shared] = was[places[shared]] == now[shared]
    before, after = rows[0][orders[0][places[shared]]], rows[1][orders[1][shared]]
    kept = len(before)
    return Difference(added=len(now) - kept, removed=len(was) - kept, edited=int((before != after).sum()))


def _as_bags(rows: Pair) -> Difference:
    (was, before), (now, after) = (np.unique(side, return_counts=True) for side in rows)
    _, i, j = np.intersect1d(was, now, assume_unique=True, return_indices=True)
    kept = int(np.minimum(before[i], after[j]).sum())
    return Difference(added=len(rows[1]) - kept, removed=len(rows[0]) - kept, edited=None)


def _start(base: Table, head: Table) -> Pair:
    return np.zeros(base.rows, np.uint64), np.zeros(head.rows, np.uint64)


def _mix(hashes: np.ndarray, codes: np.ndarray) -> None:
    """Add a column to the hashes, in place: the finalizer of SplitMix64 (Steele, Lea & Flood 2014), a bijection."""
    hashes += NULL
    hashes ^= codes
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        hashes ^= hashes >> np.uint64(shift)
        hashes *= np.uint64(factor)
    hashes ^= hashes >> np.uint64(31)


def _codes(base: pa.ChunkedArray, head: pa.ChunkedArray) -> Pair:
    """64 bits for each value, equal where the values are: the bits of a number, the place of anything else in a
    dictionary of both columns."""
    both = pa.chunked_array([*base.chunks, *head.chunks], type=base.type)
    kind = both.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        codes = _bits(both)
    else:
        codes = _places(both)
    return codes[: len(base)], codes[len(base) :]


def _bits(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_floating(column.type):
        values = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy() + 0.0  # −0 is 0
        codes = values.view(np.uint64)
        codes[np.isnan(values)] = NAN
    else:
        values = pc.fill_null(column, False if pa.types.is_boolean(column.type) else 0).to_numpy()
        codes = values.astype(np.uint64)
    if column.null_count:
        codes[column.is_null().to_numpy()] = NULL
    return codes


def _places(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_nested(column.type):  # Arrow has no dictionary of those
        column = pa.chunked_array([pa.array([None if v is None else repr(v) for v in column.to_pylist()], pa.string())])
    chunks = column.dictionary_encode().chunks  # which share one dictionary
    places = [pc.fill_null(chunk.indices, -1).to_numpy(zero_copy_only=False) for chunk in chunks]
    return np.concatenate([np.empty(0, np.int32), *places]).astype(np.int64).view(np.uint64)
