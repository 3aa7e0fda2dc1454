"""A small project in a folder of its own: the real configuration, three months of invented flights."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from {{ cookiecutter.package }} import features, params, raw, table

ROOT = Path(__file__).parents[1]
ROWS = 150  # in a month


@pytest.fixture
def options() -> params.Params:
    """The project's own parameters."""
    return params.load(ROOT / "params.yaml")


@pytest.fixture
def flights() -> pd.DataFrame:
    """Raw flights of three months, in which late hours and low pressure make delays."""
    return pd.concat([month(number) for number in (1, 2, 3)], ignore_index=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flights: pd.DataFrame) -> Path:
    """The current folder: params.yaml, expectations, the lock, and data/raw with the invented flights."""
    for name in ("params.yaml", "requirements.lock", "expectations"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    for number, rows in flights.groupby("month"):
        table.write(rows, raw.FOLDER / f"2013-{number:02}.parquet")
    return tmp_path


def month(number: int) -> pd.DataFrame:
    random = np.random.default_rng(number)
    hour = random.integers(5, 23, ROWS)
    weather = {name: random.uniform(20, 80, ROWS) for name in features.WEATHER}
    weather |= {"pressure": random.uniform(990, 1030, ROWS), "visib": random.uniform(0, 10, ROWS)}
    weather |= {"dewp": weather["temp"] - 5, "precip": random.uniform(0, 1, ROWS)}
    delay = 4.0 * (hour - 14) + (1010 - weather["pressure"]) + random.normal(0, 5, ROWS)
    weather["wind_gust"][::2] = np.nan
    delay[::25] = np.nan  # cancelled
    flights = {
        "year": 2013,
        "month": number,
        "day": random.integers(1, 28, ROWS),
        "sched_dep_time": hour * 100 + 30,
        "sched_arr_time": 2359,
        "carrier": random.choice(["AA", "B6", "UA"], ROWS),
        "flight": np.arange(ROWS) + 1,
        "tailnum": "N14228",
        "origin": random.choice(features.AIRPORTS, ROWS),
        "dest": random.choice(["IAH", "MIA", "BOS"], ROWS),
        "distance": random.integers(200, 2500, ROWS),
        "time_hour": pd.Timestamp(f"2013-{number:02}-01T10:00:00Z"),
        "arr_delay": delay,
    }
    return pd.DataFrame(flights | weather)
