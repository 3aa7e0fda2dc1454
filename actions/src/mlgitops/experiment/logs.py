"""The logs of an endpoint as the service writes them: predictions, and what was true of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mlgitops.deploy.place import SMOKE_TEST

TIME = pa.timestamp("us", tz="UTC")
PREDICTIONS = pa.schema(
    [
        ("id", pa.string()),
        ("time", TIME),
        ("model", pa.string()),
        ("unit", pa.string()),
        ("shadow", pa.bool_()),
        ("output", pa.float64()),
    ]
)
FEEDBACK = pa.schema([("id", pa.string()), ("time", TIME), ("truth", pa.float64())])


@dataclass(frozen=True)
class Logs:
    """predictions: as logged, and their `truth`, null where it is not known. skipped: files that can't be read."""

    predictions: pa.Table
    skipped: int


def read(folder: Path, endpoint: str, since: datetime) -> Logs:
    """What an environment's folder has of an endpoint since a moment; the last truth of an id counts."""
    is_real = (pc.field("unit") != SMOKE_TEST) | pc.field("unit").is_null()
    predictions, unread = _rows(folder / "predictions" / endpoint, PREDICTIONS, since, is_real)
    feedback, also = _rows(folder / "feedback" / endpoint, FEEDBACK, since)
    newest_first = feedback.sort_by([("time", "descending")])
    places = pc.index_in(predictions["id"], value_set=newest_first["id"].combine_chunks())
    return Logs(predictions.append_column("truth", newest_first["truth"].take(places)), unread + also)


def _rows(folder: Path, schema: pa.Schema, since: datetime, which: pc.Expression | None = None) -> tuple[pa.Table, int]:
    """The rows from a moment on, and how many files could not be read."""
    wanted = pc.field("time") >= pa.scalar(since, TIME)
    wanted = wanted if which is None else wanted & which
    files = [file for file in sorted(folder.glob("*.parquet")) if not file.name.startswith(".")]  # not yet whole
    tables = list(_tables(files, schema, wanted))
    found = [table for table in tables if table is not None]
    return pa.concat_tables([schema.empty_table(), *found]), len(tables) - len(found)


def _tables(files: list[Path], schema: pa.Schema, wanted: pc.Expression) -> Iterator[pa.Table | None]:
    """Each file's rows; None for one that is broken, gone by now, or of an earlier form without these columns."""
    for file in files:
        try:
            yield pq.read_table(file, columns=schema.names, filters=wanted).cast(schema)
        except (pa.ArrowException, OSError):
            yield None
