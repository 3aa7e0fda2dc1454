"""Tables in files: the same rows always give the same bytes, and a file is either whole or not there."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .problem import Problem


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table as parquet: beside its place, then renamed into it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".tmp")
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, beside, compression="zstd")
    beside.replace(path)


def read(path: Path) -> pd.DataFrame:
    """Read a table; Problem when the file is missing, unreadable, or holds no rows."""
    try:
        found = pd.read_parquet(path)
    except FileNotFoundError:
        raise Problem(f"{path} does not exist: run dvc repro, or dvc pull") from None
    except (OSError, ValueError) as error:
        raise Problem(f"{path} is not a readable parquet file: {str(error).splitlines()[0]}") from None
    if found.empty:
        raise Problem(f"{path} holds no rows")
    return found
