"""The log keeps what it is given, counts what it can't, and never waits for the disk."""

from itertools import chain

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from {{ cookiecutter.package }}.service import log as logs
from {{ cookiecutter.package }}.service.log import Log, Stream

def joined(chunks: list) -> list:
    return [list(chain.from_iterable(parts)) for parts in zip(*chunks, strict=True)]


SCHEMA = pa.schema([("id", pa.string()), ("value", pa.float64())])


@pytest.fixture
def dropped():
    return []


def test_rows_are_readable_after_each_flush(tmp_path, dropped):
    log, stream = Log(dropped.append), Stream(tmp_path / "predictions", SCHEMA, joined)
    for number in range(3):
        log.put(stream, [[f"a{number}", f"b{number}"], [number, None]], 2)
        log.flush()
        assert ds.dataset(stream.folder).count_rows() == 2 * (number + 1)
    assert len(list(stream.folder.iterdir())) == 1 and not dropped


def test_a_full_file_is_followed_by_another(tmp_path, dropped, monkeypatch):
    monkeypatch.setattr(logs, "FILE_ROWS", 10)
    log, stream = Log(dropped.append), Stream(tmp_path, SCHEMA, joined)
    for _ in range(4):
        log.put(stream, [["x"] * 6, [1.0] * 6], 6)
        log.flush()
    assert sorted(pa.parquet.read_metadata(file).num_rows for file in tmp_path.iterdir()) == [12, 12]


def test_what_the_queue_can_not_hold_is_counted(tmp_path, dropped):
    log, stream = Log(dropped.append, capacity=3), Stream(tmp_path, SCHEMA, joined)
    log.put(stream, [["a", "b"], [1, 2]], 2)
    log.put(stream, [["c", "d"], [3, 4]], 2)
    log.put(stream, [["e"], [5]], 1)
    log.flush()
    log.put(stream, [["f"] * 3, [6] * 3], 3)
    log.flush()
    assert dropped == [2] and ds.dataset(tmp_path).count_rows() == 6


def test_a_disk_that_refuses_is_counted_and_later_rows_are_kept(tmp_path, dropped):
    (tmp_path / "predictions").write_text("a file where the folder should be")
    log, stream = Log(dropped.append), Stream(tmp_path / "predictions", SCHEMA, joined)
    log.put(stream, [["a"], [1]], 1)
    log.flush()
    assert dropped == [1]
    (tmp_path / "predictions").unlink()
    log.put(stream, [["b"], [2]], 1)
    log.flush()
    assert ds.dataset(stream.folder).to_table().column("id").to_pylist() == ["b"]
