"""What is read of the service's files: the columns that count, the truths that hold, and nothing that is broken."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgitops.experiment import logs
from mlgitops.experiment.logs import read
from tests.mlgitops.experiment.traffic import NAME, NEW, OLD, Traffic, files

START = datetime(2026, 1, 1, tzinfo=UTC)


def truths(traffic: Traffic, since: datetime = START) -> dict[str, float | None]:
    found = read(traffic.place.folder, NAME, since).predictions
    return dict(zip(found["id"].to_pylist(), found["truth"].to_pylist(), strict=True))


def test_a_truth_finds_its_prediction_and_the_last_one_holds(traffic: Traffic):
    traffic.answer(["a", "b", "c"], [OLD] * 3, [0.1, 0.2, 0.3], at=START)
    traffic.tell(["c", "a", "nobody"], [1, 0, 1], at=START + timedelta(hours=2))
    traffic.tell(["a", "c"], [1, 0], at=START + timedelta(hours=1))  # written later, told earlier
    assert truths(traffic) == {"a": 0, "b": None, "c": 1}


def test_only_what_is_needed_is_read(traffic: Traffic):
    traffic.answer(["a"], [OLD], [0.1])
    assert read(traffic.place.folder, NAME, START).predictions.column_names == [*logs.PREDICTIONS.names, "truth"]


def test_rows_of_before_do_not_count(traffic: Traffic):
    traffic.answer(["a"], [OLD], [0.1], at=START)
    traffic.answer(["b"], [OLD], [0.1], at=START + timedelta(days=1))
    assert list(truths(traffic, START + timedelta(hours=1))) == ["b"]


def test_a_unit_may_be_missing_and_the_smoke_tests_does_not_count(traffic: Traffic):
    traffic.answer(["a", "b", "c"], [OLD] * 3, [0.1] * 3, units=[None, "smoke-test", "N1"])
    assert list(truths(traffic)) == ["a", "c"]


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "of an earlier form"])
def test_a_file_that_can_not_be_read_costs_its_rows_only(traffic: Traffic, damage: str):
    traffic.answer(["a"], [OLD], [0.1])
    traffic.answer(["b"], [NEW], [0.1])
    file, whole = files(traffic.place)
    data, kept = file.read_bytes(), pq.read_table(whole)["id"].to_pylist()
    if damage == "of an earlier form":
        pq.write_table(pa.table({"id": ["a"], "model": [OLD], "output": [0.1]}), file)
    else:
        file.write_bytes({"cut": data[:-9], "empty": b"", "flipped": data[:4] + bytes(200) + data[204:]}[damage])
    found = read(traffic.place.folder, NAME, START)
    assert found.skipped == 1 and found.predictions["id"].to_pylist() == kept


def test_no_log_is_no_error(traffic: Traffic):
    found = read(traffic.place.folder, NAME, START)
    assert (found.predictions.num_rows, found.skipped) == (0, 0)
