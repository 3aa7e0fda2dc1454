"""Prediction files are joined by id, and bad ones are refused in one line."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgitops.compare.predictions import align, read
from mlgitops.errors import CannotCheck

GOOD = {"row_id": ["a", "b", "c"], "y_true": [0, 1, 0], "y_score": [0.1, 0.9, 0.4], "kind": ["x", "y", "x"]}


@pytest.fixture
def written(tmp_path: Path):
    """Write columns (those of GOOD, changed) to a parquet file and read it as predictions."""

    def make(name: str = "p.parquet", task: str = "binary", order: list[int] | None = None, **changed):
        columns = {key: value for key, value in (GOOD | changed).items() if value is not None}
        table = pa.table(columns)
        pq.write_table(table.take(order) if order else table, tmp_path / name)
        return read(tmp_path / name, task, ["kind"])

    return make


def test_order_is_not_identity(written):
    first, second = written(), written(order=[2, 0, 1])
    found = align(first, second)
    assert found.same and found.identical
    assert first.labels_digest == second.labels_digest


def test_other_scores_on_the_same_rows(written):
    found = align(written(), written(y_score=[0.2, 0.9, 0.4]))
    assert found.same and not found.identical
    assert found.head.scores.tolist() == [0.2, 0.9, 0.4]


def test_another_test_set_is_counted(written):
    found = align(written(), written(row_id=["b", "c", "d"]))
    assert (found.only_base, found.only_head, found.relabelled) == (1, 1, 2)
    assert not found.same


def test_changed_labels_change_the_digest(written):
    first, second = written(), written(y_true=[1, 1, 0])
    assert align(first, second).relabelled == 1
    assert first.labels_digest != second.labels_digest


def test_numbers_may_be_ids(written):
    assert written(row_id=[3, 1, 2]).row_id.to_pylist() == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"y_score": None}, "lack y_score"),
        ({"kind": None}, "lack kind"),
        ({"row_id": ["a", "a", "b"]}, "more than once, first 'a'"),
        ({"row_id": ["a", None, "b"]}, "1 rows without row_id"),
        ({"y_score": [0.1, None, 0.2]}, "1 values of y_score that are missing or not finite"),
        ({"y_score": [0.1, np.inf, 0.2]}, "not finite"),
        ({"y_score": [0.1, np.nan, 0.2]}, "row 2"),
        ({"y_score": [0.1, 1.5, 0.2]}, "not from 0 to 1"),
        ({"y_true": [0, 2, 1]}, "neither 0 nor 1"),
        ({"y_true": ["0", "1", "0"]}, "y_true of type string"),
        ({"row_id": pa.array([], pa.string()), "y_true": [], "y_score": [], "kind": []}, "hold no rows"),
    ],
)
def test_bad_files_are_refused_in_one_line(written, changed, said):
    with pytest.raises(CannotCheck) as caught:
        written(**changed)
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert "p.parquet" in str(caught.value)


def test_what_is_not_parquet_is_refused(tmp_path: Path):
    (tmp_path / "p.parquet").write_text("row_id,y_true\n")
    with pytest.raises(CannotCheck, match="not a parquet file"):
        read(tmp_path / "p.parquet", "binary", [])
    with pytest.raises(CannotCheck, match="no predictions"):
        read(tmp_path / "q.parquet", "binary", [])
