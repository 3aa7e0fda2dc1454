from pathlib import Path

import pandas as pd
import pytest

from {{ cookiecutter.package }} import raw, table
from {{ cookiecutter.package }}.problem import Problem


def test_a_broken_file_is_named(tmp_path: Path):
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"not a table")
    with pytest.raises(Problem, match=r"rows\.parquet is not a readable parquet file"):
        table.read(path)


def test_a_table_without_rows(tmp_path: Path):
    table.write(pd.DataFrame({"a": []}), tmp_path / "rows.parquet")
    with pytest.raises(Problem, match="holds no rows"):
        table.read(tmp_path / "rows.parquet")


def test_missing_data(tmp_path: Path):
    with pytest.raises(Problem, match="does not exist"):
        table.read(tmp_path / "rows.parquet")
    with pytest.raises(Problem, match="run make data, or dvc pull"):
        raw.load(tmp_path)


def test_nothing_half_written_is_left(tmp_path: Path):
    table.write(pd.DataFrame({"a": [1]}), tmp_path / "rows.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]
