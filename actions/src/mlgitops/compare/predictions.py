"""Prediction files, and whether two of them speak of the same rows. Order is not identity: rows are joined by id."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mlgitops.errors import CannotCheck

SCORE = {"binary": "y_score", "regression": "y_pred"}


@dataclass(frozen=True)
class Predictions:
    """Sorted by row_id, unique strings. labels, scores: float64, one for each row; columns: the rest of the table."""

    row_id: pa.Array
    labels: np.ndarray
    scores: np.ndarray
    columns: pa.Table

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: np.ndarray) -> "Predictions":
        return Predictions(
            self.row_id.take(pa.array(rows)), self.labels[rows], self.scores[rows], self.columns.take(rows)
        )

    @property
    def labels_digest(self) -> str:
        """sha256 of ids and labels, whatever the order of the rows."""
        ids = "\n".join(self.row_id.to_pylist()).encode()
        return "sha256:" + hashlib.sha256(ids + b"\0" + self.labels.tobytes()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """How the rows of two files relate; base, head: the rows that both have, in one order."""

    base: Predictions
    head: Predictions
    only_base: int
    only_head: int
    relabelled: int

    @property
    def same(self) -> bool:
        return not (self.only_base or self.only_head or self.relabelled)

    @property
    def identical(self) -> bool:
        return self.same and np.array_equal(self.base.scores, self.head.scores)


def read(path: Path, task: str, columns: list[str]) -> Predictions:
    """The predictions in a parquet file; `columns` are those that slices and groups need, beside ids and numbers."""
    table = _table(path, ["row_id", "y_true", SCORE[task], *columns])
    if not table.num_rows:
        raise CannotCheck("Predictions hold no rows", given=path)
    row_id = pc.cast(table["row_id"], pa.string()).combine_chunks()
    if pc.count_distinct(row_id, mode="all").as_py() != len(row_id) or row_id.null_count:
        raise CannotCheck(f"Predictions have {_repeated(row_id)}", given=path, next="Give each row one id of its own")
    labels, scores = (_numbers(table, name, path) for name in ("y_true", SCORE[task]))
    if task == "binary":
        _refuse(path, "y_true", "neither 0 nor 1", (labels != 0) & (labels != 1))
        _refuse(path, "y_score", "not from 0 to 1", (scores < 0) | (scores > 1))
    order = pc.sort_indices(row_id).to_numpy()
    return Predictions(row_id, labels, scores, table.select(columns)).take(order)


def align(base: Predictions, head: Predictions) -> Alignment:
    """Join two files on row_id."""
    places = pc.index_in(base.row_id, value_set=head.row_id)
    shared = np.flatnonzero(pc.is_valid(places).to_numpy(zero_copy_only=False))
    both = base.take(shared), head.take(pc.fill_null(places, 0).to_numpy()[shared])
    return Alignment(
        base=both[0],
        head=both[1],
        only_base=len(base) - len(shared),
        only_head=len(head) - len(shared),
        relabelled=int((both[0].labels != both[1].labels).sum()),
    )


def group_codes(predictions: Predictions, column: str | None) -> np.ndarray | None:
    """(rows,) of codes from 0, one for each value of the column; None where rows are not grouped."""
    if column is None:
        return None
    return pc.rank(predictions.columns[column], tiebreaker="dense").to_numpy().astype(np.int64) - 1


def _table(path: Path, columns: list[str]) -> pa.Table:
    try:
        found = pq.read_schema(path).names
        missing = [name for name in columns if name not in found]
        if not missing:
            return pq.read_table(path, columns=list(dict.fromkeys(columns)))
    except FileNotFoundError as error:
        raise CannotCheck("There are no predictions", given=path, next="Make them: dvc repro") from error
    except (pa.ArrowException, OSError) as error:
        raise CannotCheck("This is not a parquet file", given=path) from error
    raise CannotCheck(f"Predictions lack {', '.join(missing)}", given=path, next=f"They have {', '.join(found)}")


def _numbers(table: pa.Table, name: str, path: Path) -> np.ndarray:
    kind = table.schema.field(name).type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
        raise CannotCheck(f"Predictions have {name} of type {kind}", given=path, next="It must be a number")
    numbers = pc.cast(table[name], pa.float64()).to_numpy()
    _refuse(path, name, "missing or not finite", ~np.isfinite(numbers))
    return numbers


def _refuse(path: Path, name: str, what: str, bad: np.ndarray) -> None:
    if bad.any():
        row = int(np.argmax(bad)) + 1
        raise CannotCheck(
            f"Predictions have {bad.sum():,} values of {name} that are {what}", given=f"{path}, row {row}"
        )


def _repeated(row_id: pa.Array) -> str:
    if row_id.null_count:
        return f"{row_id.null_count:,} rows without row_id"
    counts = pc.value_counts(row_id)
    first = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    return f"{len(first):,} values of row_id that are there more than once, first {first[0].as_py()[:80]!r}"
