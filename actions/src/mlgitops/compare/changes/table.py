"""Tables in files, read a column at a time: parquet and CSV."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

UNREADABLE = (OSError, ValueError, KeyError, pa.ArrowException)


class Table:
    """rows: how many. types: column → type, without how its values are stored. Missing is what Arrow calls null;
    NaN is a value, as in the statistics of a parquet file."""

    rows: int
    types: dict[str, pa.DataType]

    @staticmethod
    def is_in(name: str) -> bool:
        """Whether a file of this name is read."""
        return Path(name).suffix.lower() in FORMATS

    def column(self, name: str) -> pa.ChunkedArray:
        """The values, in their plain type."""
        raise NotImplementedError

    def nulls(self, name: str) -> int:
        return self.column(name).null_count

    def share(self, name: str) -> float | None:
        """The share of missing values; None where there are no rows."""
        return self.nulls(name) / self.rows if self.rows else None


class Parquet(Table):
    """Rows, types and, where the writer left statistics, nulls come from the footer alone."""

    def __init__(self, path: Path) -> None:
        self.file = pq.ParquetFile(path)
        self.rows = self.file.metadata.num_rows
        self.types = {field.name: _plain(field.type) for field in self.file.schema_arrow}
        self.counted = _counted(self.file.metadata)

    def column(self, name: str) -> pa.ChunkedArray:
        return _cast(self.file.read(columns=[name]).column(name), self.types[name])

    def nulls(self, name: str) -> int:
        return self.counted[name] if name in self.counted else super().nulls(name)


class Csv(Table):
    """Types are guessed from the values; empty fields and the usual words (NA, null, NaN, …) are missing."""

    def __init__(self, path: Path) -> None:
        from pyarrow import csv

        self.table = csv.read_csv(path, convert_options=csv.ConvertOptions(strings_can_be_null=True))
        self.rows = self.table.num_rows
        self.types = {field.name: _plain(field.type) for field in self.table.schema}

    def column(self, name: str) -> pa.ChunkedArray:
        return _cast(self.table.column(name), self.types[name])


class Folder(Table):
    """Several files as one table, of which only types and missing values are asked. types: those of the last."""

    def __init__(self, tables: list[Table]) -> None:
        self.tables, self.types = tables, tables[-1].types
        self.rows = sum(table.rows for table in tables)

    def share(self, name: str) -> float | None:
        """Over the files that have the column."""
        having = [table for table in self.tables if name in table.types]
        rows = sum(table.rows for table in having)
        return sum(table.nulls(name) for table in having) / rows if rows else None


FORMATS = {".parquet": Parquet, ".csv": Csv}


def read(path: Path, name: str) -> Table | None:
    """The table in a file that is called `name` (objects have no suffix); None for what is not a readable one."""
    kind = FORMATS.get(Path(name).suffix.lower())
    try:
        return kind(path) if kind else None
    except UNREADABLE:
        return None


def _counted(metadata: pq.FileMetaData) -> dict[str, int]:
    """Column → nulls, of the flat columns that have them counted in every row group."""
    found = {}
    for place in range(metadata.num_columns):
        described = metadata.schema.column(place)
        if described.max_repetition_level == 0 and described.max_definition_level <= 1:
            counts = list(_null_counts(metadata, place))
            if None not in counts:
                found[described.path] = sum(counts)
    return found


def _null_counts(metadata: pq.FileMetaData, place: int) -> Iterator[int | None]:
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(place).statistics
        yield statistics.null_count if statistics is not None and statistics.has_null_count else None


def _plain(kind: pa.DataType) -> pa.DataType:
    """A type without how its values are stored: of a dictionary that of its values, of large text text."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    same = {pa.large_string(): pa.string(), pa.string_view(): pa.string(), pa.large_binary(): pa.binary()}
    return same.get(kind, kind)


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column if column.type == kind else column.cast(kind)
