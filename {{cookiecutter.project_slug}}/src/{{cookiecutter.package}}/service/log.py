"""The log of predictions and of their truths: parquet files, written beside the requests."""

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

CAPACITY = 100_000  # rows that wait in memory; what comes on top is counted and dropped
FILE_ROWS = 20_000
EVERY = 1.0  # seconds: as much is lost when the process is killed


@dataclass(eq=False)
class Stream:
    """Rows of one kind. The current file is replaced by a longer one until it is full: always readable.

    columns: makes of what the requests left the columns of the schema, in the log's thread.
    """

    folder: Path
    schema: pa.Schema
    columns: Callable[[list[Any]], Sequence[Sequence[Any]]]
    file: Path | None = None
    rows: list[pa.Table] = field(default_factory=list)

    def write(self, added: pa.Table) -> None:
        if self.file is None or sum(table.num_rows for table in self.rows) >= FILE_ROWS:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.file, self.rows = self.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}.parquet", []
        beside = self.file.with_suffix(".tmp")
        table = pa.concat_tables([*self.rows, added])
        pq.write_table(table, beside)
        beside.replace(self.file)
        self.rows = [table]


class Log:
    """A bounded queue and the thread that empties it. dropped(n) is told of rows that were not kept."""

    def __init__(self, dropped: Callable[[int], None], capacity: int = CAPACITY) -> None:
        self._queue: deque = deque()
        self._rows, self._capacity, self._dropped = 0, capacity, dropped
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write what is waiting, then end."""
        self._stop.set()
        self._thread.join(timeout=10)

    def put(self, stream: Stream, chunk: Any, rows: int) -> None:
        """Keep a chunk of so many rows for the log, as the stream's `columns` takes it; never waits for the disk."""
        with self._lock:
            full = self._rows + rows > self._capacity
            self._rows += 0 if full else rows
        if full:
            self._dropped(rows)
        else:
            self._queue.append((stream, chunk, rows))

    def flush(self) -> None:
        """Write what waits. A disk that refuses costs these rows, no request."""
        waiting: dict[Stream, list[Any]] = {}
        rows: dict[Stream, int] = {}
        for _ in range(len(self._queue)):
            stream, chunk, count = self._queue.popleft()
            waiting.setdefault(stream, []).append(chunk)
            rows[stream] = rows.get(stream, 0) + count
        for stream, chunks in waiting.items():
            try:
                stream.write(pa.table(list(stream.columns(chunks)), schema=stream.schema))
            except Exception:  # whatever it was: the next rows must find this thread alive
                self._dropped(rows[stream])
            with self._lock:
                self._rows -= rows[stream]

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self.flush()
        self.flush()


def now() -> int:
    """Microseconds since 1970, as the logs keep time."""
    return time.time_ns() // 1000
