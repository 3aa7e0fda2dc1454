"""The raw data: one parquet a month in data/raw, in the order of their names."""

from pathlib import Path

import pandas as pd

from . import table
from .problem import Problem

FOLDER = Path("data/raw")


def months(folder: Path = FOLDER) -> list[Path]:
    """The files of all months, oldest first; Problem where there are none."""
    found = sorted(folder.glob("*.parquet"))
    if not found:
        raise Problem(f"{folder} holds no data: run make data, or dvc pull")
    return found


def load(folder: Path = FOLDER) -> pd.DataFrame:
    """All months as one table, as the files hold them; Problem names a file that can't be read."""
    return pd.concat([table.read(path) for path in months(folder)], ignore_index=True)
