"""The log of predictions and of their truths: parquet files, written beside the requests."""

import contextlib
import itertools
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .background import Room, step_back

CAPACITY = 20_000  # rows that wait in memory; what comes on top is counted and dropped
FILE_ROWS = 5_000
SLICE = 500  # rows that become columns in one go: a millisecond, in which no request is answered
EVERY = 0.8  # seconds: with the writing, a second is lost when the process is killed
TICK = 0.02  # seconds: rows wait as Python objects no longer, as columns they are three times smaller
STALE = 60  # seconds after which nobody is writing a file any more
serial = itertools.count()  # of the files of this process


@dataclass(eq=False)
class Stream:
    """Rows of one kind, in a folder of their own, which is at any moment a dataset of whole parquet files.

    columns: makes of what the requests left the columns of the schema, in the log's thread.
    """

    folder: Path
    schema: pa.Schema
    columns: Callable[[list[Any]], Sequence[Sequence[Any]]]
    waiting: list[pa.RecordBatch] = field(default_factory=list)
    file: Path | None = None
    written: list[pa.RecordBatch] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many wait to be written."""
        return _rows(self.waiting)

    def take(self, chunks: list[Any]) -> None:
        """Turn chunks into columns; they are in a file after the next `write`."""
        values = zip(self.columns(chunks), self.schema.types, strict=True)
        arrays = [pa.array(column, type=kind) for column, kind in values]
        self.waiting.append(pa.record_batch(arrays, schema=self.schema))

    def write(self) -> int:
        """Put what waits into the current file, which a longer one replaces until it is full; how many rows.

        OSError leaves the file as it was, and the rows waiting.
        """
        if self.file is None or _rows(self.written) >= FILE_ROWS:
            self.folder.mkdir(parents=True, exist_ok=True)
            _sweep(self.folder)
            self.file, self.written = self.folder / _name(), []
        before = itertools.accumulate((batch.num_rows for batch in self.waiting), initial=_rows(self.written))
        new = [batch for batch, rows in zip(self.waiting, before, strict=False) if rows < FILE_ROWS]
        table = pa.Table.from_batches([*self.written, *new]).combine_chunks()
        beside = self.file.with_name(f".{self.file.name}")  # a dataset passes over what begins with a dot
        try:
            pq.write_table(table, beside)
            beside.replace(self.file)
        except OSError:
            beside.unlink(missing_ok=True)  # a full disk has no room for half a file
            raise
        self.written, self.waiting = table.to_batches(), self.waiting[len(new) :]
        return _rows(new)


class Log:
    """A bounded queue and the thread that empties it. dropped(n) is told of rows that were not kept."""

    def __init__(self, dropped: Callable[[int], None], capacity: int = CAPACITY) -> None:
        self._queue: deque[tuple[Stream, Any, int]] = deque()
        self._streams: dict[Stream, None] = {}  # with rows that wait, in the order in which they came
        self._room, self._dropped, self._stop = Room(capacity), dropped, threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write what is waiting, then end; what a hanging disk does not take within ten seconds is lost."""
        self._stop.set()
        self._thread.join(timeout=10)

    def put(self, stream: Stream, chunk: Any, rows: int) -> None:
        """Keep a chunk of so many rows, as the stream's `columns` takes it; never waits for the disk."""
        if self._room.take(rows):
            self._queue.append((stream, chunk, rows))
        else:
            self._dropped(rows)

    def gather(self) -> None:
        """Turn what requests left into columns, slice by slice."""
        while self._queue:
            stream, chunks, rows = self._slice()
            try:
                stream.take(chunks)
                self._streams[stream] = None
            except Exception as error:  # whatever it was: the next rows must find this thread alive
                self._drop(rows, error)

    def write(self) -> None:
        """Write what was gathered; what a disk refuses waits for the next time."""
        for stream in list(self._streams):
            try:
                self._write(stream, stream.rows)
            except OSError as error:
                print(f"service: the log waits: {error}", file=sys.stderr)
            except Exception as error:
                rows, stream.waiting = stream.rows, []
                self._drop(rows, error)
            if not stream.waiting:
                del self._streams[stream]

    def _write(self, stream: Stream, rows: int) -> None:
        """Write so many rows that wait; between two files, what came meanwhile becomes columns."""
        while rows > 0:
            written = stream.write()
            self._room.free(written)
            rows -= written
            self.gather()

    def _slice(self) -> tuple[Stream, list[Any], int]:
        """The next chunks of one stream, and their rows."""
        stream, chunk, rows = self._queue.popleft()
        chunks = [chunk]
        while self._queue and self._queue[0][0] is stream and rows < SLICE:
            _, chunk, more = self._queue.popleft()
            chunks.append(chunk)
            rows += more
        return stream, chunks, rows

    def _drop(self, rows: int, error: Exception) -> None:
        print(f"service: the log did not keep {rows} rows: {error}", file=sys.stderr)
        self._dropped(rows)
        self._room.free(rows)

    def _run(self) -> None:
        step_back()
        due = time.monotonic() + EVERY
        while not self._stop.wait(TICK):
            self.gather()
            if time.monotonic() >= due or self._room.rows > FILE_ROWS:
                due = time.monotonic() + EVERY
                self.write()
        self.gather()
        self.write()
        self._dropped(self._room.rows)


def _rows(batches: list[pa.RecordBatch]) -> int:
    return sum(batch.num_rows for batch in batches)


def _name() -> str:
    """Of a file that no other process or stream writes, in the order of time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}-{next(serial):06}.parquet"


def _sweep(folder: Path) -> None:
    """Remove what a process that was killed had begun to write."""
    for file in folder.glob(".*.parquet"):
        with contextlib.suppress(FileNotFoundError):  # another process finished it, or was faster
            if time.time() - file.stat().st_mtime > STALE:
                file.unlink()


def now() -> int:
    """Microseconds since 1970, as the logs keep time."""
    return time.time_ns() // 1000
