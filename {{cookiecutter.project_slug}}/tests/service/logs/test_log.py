"""The log of predictions: kept, rotated, readable at any moment, and never in the way of a request."""

import itertools
import os
import time

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from {{ cookiecutter.package }}.service.logs import log as logs
from {{ cookiecutter.package }}.service.logs.log import Log, Stream

SCHEMA = pa.schema([("id", pa.string()), ("value", pa.float64())])


@pytest.fixture
def dropped():
    return []


def stream_in(folder):
    """A stream whose chunks are lists of (id, value)."""
    return Stream(folder, SCHEMA, lambda chunks: list(zip(*itertools.chain(*chunks), strict=True)))


def flush(log):
    log.gather()
    log.write()


def ids(folder):
    return ds.dataset(folder).to_table().column("id").to_pylist()


def test_rows_are_readable_after_each_write(tmp_path, dropped):
    log, stream = Log(dropped.append), stream_in(tmp_path / "predictions")
    for number in range(3):
        log.put(stream, [(f"a{number}", number), (f"b{number}", None)], 2)
        flush(log)
        assert ds.dataset(stream.folder).count_rows() == 2 * (number + 1)
    assert len(list(stream.folder.iterdir())) == 1 and not dropped


def test_a_full_file_is_followed_by_another(tmp_path, dropped, monkeypatch):
    monkeypatch.setattr(logs, "FILE_ROWS", 10)
    log, stream = Log(dropped.append), stream_in(tmp_path)
    for _ in range(4):
        log.put(stream, [("x", 1.0)] * 6, 6)
        flush(log)
    assert sorted(pa.parquet.read_metadata(file).num_rows for file in tmp_path.iterdir()) == [12, 12]


def test_what_waits_for_long_becomes_files_of_the_usual_size(tmp_path, dropped, monkeypatch):
    monkeypatch.setattr(logs, "FILE_ROWS", 10)
    monkeypatch.setattr(logs, "SLICE", 6)
    log, stream = Log(dropped.append, capacity=60), stream_in(tmp_path)
    for number in range(10):
        log.put(stream, [(f"{number}-{row}", 1.0) for row in range(6)], 6)
    flush(log)
    assert [pa.parquet.read_metadata(file).num_rows for file in tmp_path.iterdir()] == [12] * 5
    assert sorted(ids(tmp_path)) == [f"{number}-{row}" for number in range(10) for row in range(6)]
    log.put(stream, [("again", 1.0)] * 60, 60)  # there is room for as many again
    assert not dropped


def test_chunks_of_two_streams_keep_their_order(tmp_path, dropped):
    log, one, two = Log(dropped.append), stream_in(tmp_path / "one"), stream_in(tmp_path / "two")
    for number in range(1500):
        log.put(one, [(f"one-{number}", number)], 1)
        if number % 3 == 0:
            log.put(two, [(f"two-{number}", number)], 1)
    flush(log)
    assert ids(one.folder) == [f"one-{number}" for number in range(1500)]
    assert ids(two.folder) == [f"two-{number}" for number in range(0, 1500, 3)]


def test_what_the_queue_can_not_hold_is_counted(tmp_path, dropped):
    log, stream = Log(dropped.append, capacity=3), stream_in(tmp_path)
    log.put(stream, [("a", 1), ("b", 2)], 2)
    log.put(stream, [("c", 3), ("d", 4)], 2)
    log.put(stream, [("e", 5)], 1)
    flush(log)
    log.put(stream, [("f", 6)] * 3, 3)
    flush(log)
    assert dropped == [2] and ds.dataset(tmp_path).count_rows() == 6


def test_rows_that_are_no_rows_are_counted_and_the_next_are_kept(tmp_path, dropped):
    log, stream = Log(dropped.append, capacity=3), stream_in(tmp_path)
    for value in ("no number", 1.0, 2.0):
        log.put(stream, [("a", value)], 1)
        flush(log)
    assert dropped == [1] and ds.dataset(tmp_path).count_rows() == 2


def test_what_a_disk_refuses_waits_until_it_is_back_as_long_as_there_is_room(tmp_path, dropped):
    (tmp_path / "predictions").write_text("a file where the folder should be")
    log, stream = Log(dropped.append, capacity=2), stream_in(tmp_path / "predictions")
    for name in "abc":
        log.put(stream, [(name, 1)], 1)
        flush(log)
    assert dropped == [1]
    (tmp_path / "predictions").unlink()
    flush(log)
    log.put(stream, [("d", 1)], 1)
    flush(log)
    assert dropped == [1] and ids(stream.folder) == ["a", "b", "d"]


def test_a_disk_that_hangs_holds_up_the_log_and_nobody_else(tmp_path, dropped, monkeypatch):
    monkeypatch.setattr(logs, "_name", lambda: "hangs.parquet")
    monkeypatch.setattr(logs, "EVERY", 0)
    os.mkfifo(tmp_path / ".hangs.parquet")  # who opens it to write waits until somebody reads
    log, stream = Log(dropped.append, capacity=100), stream_in(tmp_path)
    log.start()
    log.put(stream, [("first", 0)], 1)
    time.sleep(0.5)
    for number in range(1000):
        log.put(stream, [(str(number), number)], 1)
    assert sum(dropped) == 901 and not (tmp_path / "hangs.parquet").exists()
    os.close(os.open(tmp_path / ".hangs.parquet", os.O_RDONLY | os.O_NONBLOCK))
    log.stop()
    assert len(ids(tmp_path)) == 100 and sum(dropped) == 901


def test_what_a_killed_process_left_is_no_row_and_goes(tmp_path, dropped):
    log, stream = Log(dropped.append), stream_in(tmp_path)
    (tmp_path / ".20260101T000000-1-0.parquet").write_bytes(b"PAR1 and no end")
    os.utime(tmp_path / ".20260101T000000-1-0.parquet", (0, 0))
    log.put(stream, [("a", 1)], 1)
    flush(log)
    assert ids(tmp_path) == ["a"] and len(list(tmp_path.iterdir())) == 1
