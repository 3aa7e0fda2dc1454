"""Rows added, removed and edited: counted as a slow and simple count of Python's own would."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgitops.compare.changes.rows import Difference, difference
from mlgitops.compare.changes.table import Csv, Parquet, Table

NAN = float("nan")


class Memory(Table):
    def __init__(self, columns: dict[str, object]) -> None:
        self.table = pa.table(columns)
        self.rows = self.table.num_rows
        self.types = {field.name: field.type for field in self.table.schema}

    def column(self, name: str) -> pa.ChunkedArray:
        return self.table.column(name)


def compared(base: dict, head: dict, *key: str) -> tuple | None:
    found = difference(Memory(base), Memory(head), list(key))
    return found and (found.added, found.removed, found.edited)


def test_by_key_rows_are_added_removed_and_edited_whatever_their_order():
    base = {"id": ["a", "b", "c", "d"], "x": [1.0, 2.0, 3.0, NAN]}
    head = {"id": ["e", "d", "c", "b"], "x": [5.0, NAN, 3.5, 2.0]}
    assert compared(base, head, "id") == (1, 1, 1)


def test_a_key_of_several_columns_with_nothing_in_some():
    base = {"day": [1, 1, None], "flight": ["u", "v", "u"], "x": [1, 2, 3]}
    head = {"day": [1, 1, None], "flight": ["u", "v", "u"], "x": [1, 2, 4]}
    assert compared(base, head, "day", "flight") == (0, 0, 1)


@pytest.mark.parametrize("key", [[], ["id"], ["id", "gone"]])
def test_without_a_key_or_with_one_that_is_not_unique_rows_are_compared_whole(key):
    base = {"id": ["a", "a", "b"], "x": [1, 1, 2]}
    head = {"id": ["a", "b", "b", "c"], "x": [1, 2, 2, 3]}
    assert compared(base, head, *key) == (2, 1, None)


@pytest.mark.parametrize(
    ("before", "after", "differ"),
    [
        ([NAN], [NAN], 0),
        ([None], [NAN], 1),
        ([0.0], [-0.0], 0),
        ([0.0], [None], 1),
        ([1], [1.0], 0),
        ([True], [False], 1),
        ([2**63 - 1], [2**63 - 2], 1),
        (["x"], [None], 1),
        ([""], [None], 1),
        ([b"x"], [b"y"], 1),
        ([Decimal("1.5")], [Decimal("1.6")], 1),
        ([datetime(2013, 7, 1)], [datetime(2013, 7, 1)], 0),
        ([date(2013, 7, 1)], [date(2013, 7, 2)], 1),
        ([[1, 2]], [[2, 1]], 1),
        ([{"a": [None]}], [{"a": [None]}], 0),
        (pa.array([None]), pa.array([None]), 0),
        (pa.array(["x"]), pa.array(["x"], pa.large_string()), 0),
        (pa.chunked_array([["x"], ["y"]]), pa.chunked_array([["y", "x"]]), 0),
    ],
)
def test_values_are_told_apart_as_people_would(before, after, differ):
    assert compared({"v": before}, {"v": after}) == (differ, differ, None)


def test_only_columns_of_both_in_a_common_type_are_compared():
    assert compared({"a": [1, 2], "b": [1, 2]}, {"a": [1, 2], "c": [3, 4], "b": ["1", "2"]}) == (0, 0, None)
    assert compared({"a": [1]}, {"b": [1]}) is None
    assert compared({"a": [1]}, {"a": ["1"]}) is None


def test_a_swap_of_two_columns_is_a_difference():
    assert compared({"a": [1, 5], "b": [2, 6]}, {"a": [2, 5], "b": [1, 6]}) == (1, 1, None)


CELLS = st.tuples(st.sampled_from([None, 0, 1, 2]), st.sampled_from([None, "", "x", "y"]))


@given(st.lists(CELLS, max_size=12), st.lists(CELLS, max_size=12))
def test_bags_of_rows_are_counted_exactly(before, after):
    kinds = {"n": pa.int64(), "t": pa.string()}

    def table(rows):
        return {name: pa.array([row[i] for row in rows], kind) for i, (name, kind) in enumerate(kinds.items())}

    was, now = Counter(before), Counter(after)
    assert compared(table(before), table(after)) == ((now - was).total(), (was - now).total(), None)


def test_files_of_both_formats(tmp_path: Path):
    table = pa.table({"id": [1, 2, 3], "a.b": ["x", None, "z"], "in": [{"c": 1}, {"c": None}, None]})
    pq.write_table(table, tmp_path / "a", row_group_size=2)
    pq.write_table(table.set_column(1, "a.b", table["a.b"].dictionary_encode()), tmp_path / "b", write_statistics=False)
    base, head = Parquet(tmp_path / "a"), Parquet(tmp_path / "b")
    assert difference(base, head, ["id"]) == Difference(added=0, removed=0, edited=0)
    assert base.types == head.types
    assert [[side.share(name) for name in ("id", "a.b", "in")] for side in (base, head)] == [[0, 1 / 3, 1 / 3]] * 2
    assert "a.b" in base.counted and not head.counted
    (tmp_path / "c").write_text("id,a.b\n1,x\n2,\n3,w\n4,NA\n")
    plain = Csv(tmp_path / "c")
    assert difference(base, plain, ["id"]) == Difference(added=1, removed=0, edited=1)
    assert plain.share("a.b") == 0.5
