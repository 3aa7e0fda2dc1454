from pathlib import Path

import pandas as pd
import pytest

from {{ cookiecutter.package }} import ingest, raw
from {{ cookiecutter.package }}.problem import Problem

LEAKING = {"dep_time", "dep_delay", "arr_time", "air_time"}


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch):
    def ingested(*arguments: str) -> dict[str, bytes]:
        monkeypatch.setattr("sys.argv", ["ingest", *arguments])
        ingest.main()
        return {path.name: path.read_bytes() for path in raw.months()}

    return ingested


def test_a_month_is_a_file_with_the_same_bytes_each_time(run):
    first = run("--months", "2")
    assert first.keys() == {"2013-01.parquet", "2013-02.parquet", "2013-03.parquet"}  # March was there
    assert run("--months", "2") == first


def test_the_source_is_joined_with_its_weather(run):
    run("--months", "1")
    january = pd.read_parquet(raw.FOLDER / "2013-01.parquet")
    assert len(january) == 27_004
    assert not LEAKING & set(january.columns)
    assert january["temp"].notna().mean() > 0.99


def test_months_that_the_source_does_not_have(run):
    with pytest.raises(Problem, match="--months 13: the source has 1 to 12 months"):
        run("--months", "13")
