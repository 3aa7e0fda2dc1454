"""A file of predictions: what does not fit is refused in one line."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mlgitops.compare.predictions import classes
from mlgitops.compare.predictions.columns import Columns
from mlgitops.compare.predictions.rows import Predictions
from mlgitops.errors import CannotCheck

SCORE = {"binary": "y_score", "regression": "y_pred"}


def read(path: Path, task: str, columns: list[str]) -> Predictions:
    """The predictions in a parquet file; `columns` are those that slices and groups need, beside ids and numbers.

    Scores are in y_score (binary), y_pred (regression), or in one y_score_<class> for each class (multiclass).
    """
    present = _names(path)
    scores = classes.columns(present) if task == "multiclass" else [SCORE[task]]
    found = Columns(path, _table(path, present, ["row_id", "y_true", *scores, *columns]))
    if not found.table.num_rows:
        raise CannotCheck("Predictions hold no rows", given=path)
    row_id = _ids(found)
    parts = PARTS[task](found, scores)
    order = pc.sort_indices(row_id).to_numpy()
    return Predictions(row_id, columns=found.table.select(columns), **parts).take(order)


def _binary(found: Columns, _: list[str]) -> dict[str, np.ndarray]:
    labels = found.numbers("y_true")
    found.refuse("y_true", "neither 0 nor 1", (labels != 0) & (labels != 1))
    return {"labels": labels, "scores": found.probabilities("y_score")}


def _regression(found: Columns, _: list[str]) -> dict[str, np.ndarray]:
    return {"labels": found.numbers("y_true"), "scores": found.numbers("y_pred")}


def _names(path: Path) -> list[str]:
    try:
        return pq.read_schema(path).names
    except FileNotFoundError as error:
        raise CannotCheck("There are no predictions", given=path, next="Make them: dvc repro") from error
    except (pa.ArrowException, OSError) as error:
        raise CannotCheck("This is not a parquet file", given=path) from error


def _table(path: Path, present: list[str], columns: list[str]) -> pa.Table:
    missing = [name for name in columns if name not in present]
    if missing:
        raise CannotCheck(f"Predictions lack {', '.join(missing)}", given=path, next=f"They have {', '.join(present)}")
    try:
        return pq.read_table(path, columns=list(dict.fromkeys(columns)))
    except (pa.ArrowException, OSError) as error:
        raise CannotCheck("This parquet file is damaged", given=path) from error


def _ids(found: Columns) -> pa.Array:
    row_id = pc.cast(found.table["row_id"], pa.string()).combine_chunks()
    if row_id.null_count or pc.count_distinct(row_id).as_py() != len(row_id):
        raise CannotCheck(
            f"Predictions have {_repeated(row_id)}", given=found.path, next="Give each row one id of its own"
        )
    return row_id


def _repeated(row_id: pa.Array) -> str:
    if row_id.null_count:
        return f"{row_id.null_count:,} rows without row_id"
    counts = pc.value_counts(row_id)
    first = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    return f"{len(first):,} values of row_id that are there more than once, first {first[0].as_py()[:80]!r}"


PARTS = {"binary": _binary, "multiclass": classes.read, "regression": _regression}
