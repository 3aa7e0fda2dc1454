"""Files of several classes: any order of columns and rows, names as text or integers; what does not fit is refused."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgitops.compare.predictions import align, read
from mlgitops.errors import CannotCheck

GOOD = {
    "row_id": ["a", "b", "c"],
    "y_true": ["rain", "sun", "rain"],
    "y_score_sun": [0.1, 0.7, 0.5],
    "y_score_rain": [0.6, 0.2, 0.3],
    "y_score_fog": [0.3, 0.1, 0.2],
}
NUMBERED = {"row_id": ["a", "b"], "y_true": [10, 9], "y_score_10": [0.8, 0.4], "y_score_9": [0.2, 0.6]}


@pytest.fixture
def written(tmp_path: Path):
    """Write columns (those of GOOD, changed) to a parquet file and read it as predictions."""

    def make(columns: dict = GOOD, order: list[int] | None = None, **changed):
        table = pa.table({key: value for key, value in (columns | changed).items() if value is not None})
        pq.write_table(table.take(order) if order else table, tmp_path / "p.parquet")
        return read(tmp_path / "p.parquet", "multiclass", [])

    return make


def test_classes_are_in_one_order_whatever_that_of_the_columns(written):
    first, second = written(), written(dict(reversed(GOOD.items())), order=[2, 0, 1])
    assert first.classes.tolist() == ["fog", "rain", "sun"] and first.labels.tolist() == [1, 2, 1]
    assert first.scores[0].tolist() == [0.3, 0.6, 0.1]
    assert align(first, second).identical and first.labels_digest == second.labels_digest


def test_integers_may_be_classes_and_stand_in_their_own_order(written):
    found = written(NUMBERED)
    assert found.classes.tolist() == [9, 10] and found.labels.tolist() == [1, 0]
    assert found.names == ["9", "10"] and found.decided(0.5).tolist() == [1, 0]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_classes_may_be_stored_as_pandas_stores_them(written, kind):
    assert written(y_true=pa.array(GOOD["y_true"]).cast(kind)).labels.tolist() == [1, 2, 1]


def test_the_same_names_are_the_same_classes_as_text_and_as_integers(written):
    assert align(written(NUMBERED), written(NUMBERED, y_true=["10", "9"])).same


def test_other_classes_are_not_comparable_and_are_named(written):
    snow = {"y_score_fog": None, "y_score_snow": GOOD["y_score_fog"]}
    found = align(written(), written(**snow))
    assert not found.same and not found.relabelled
    assert found.classes == "The classes of the two models differ: only base has fog; only head has snow"


def test_a_changed_label_changes_the_digest_and_is_counted(written):
    first, second = written(), written(y_true=["rain", "sun", "fog"])
    assert align(first, second).relabelled == 1 and first.labels_digest != second.labels_digest


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"y_true": ["rain", "snow", "snow"]}, "2 values of y_true without a column, first 'snow'"),
        ({"y_true": ["rain", None, "sun"]}, "1 values of y_true that are missing"),
        ({"y_true": [0.0, 1.0, 2.0]}, "y_true of type double"),
        ({"y_true": [True, False, True]}, "y_true of type bool"),
        ({"y_score_sun": [0.1, 0.7, 0.6]}, "1 rows whose scores do not sum up to 1"),
        ({"y_score_sun": [0.1, 0.7, 0.503]}, "row 3: 1.003"),
        ({"y_score_sun": [0.1, 0.7, np.nan]}, "1 values of y_score_sun that are missing or not finite"),
        ({"y_score_sun": [0.1, 0.7, 1.5]}, "1 values of y_score_sun that are not from 0 to 1"),
        ({"y_score_sun": ["0.1", "0.7", "0.5"]}, "y_score_sun of type string"),
        ({"y_score_sun": None, "y_score_fog": None}, "scores of 1 classes"),
        ({name: None for name in GOOD if name.startswith("y_score")}, "lack y_score_<class>"),
        ({f"y_score_{n}": [0.0] * 3 for n in range(98)}, "scores of 101 classes"),
        ({"y_true": None}, "lack y_true"),
    ],
)
def test_bad_files_are_refused_in_one_line(written, changed, said):
    with pytest.raises(CannotCheck) as caught:
        written(**changed)
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert "p.parquet" in str(caught.value)


def test_a_sum_that_is_rounded_is_good_enough(written):
    assert len(written(y_score_sun=[0.1, 0.7, 0.5009])) == 3
