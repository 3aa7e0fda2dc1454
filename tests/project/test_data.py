"""Data that must not pass: each fault, in the real files of a real repository, ends the verb of the pull request."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tests.project.baked import Baked

pytestmark = pytest.mark.slow

Change = Callable[[pd.DataFrame], pd.DataFrame]


def training_row(rows: pd.DataFrame) -> pd.DataFrame:
    """A flight of March once more in January, nine weeks earlier: under another key, but on the same weekday."""
    row = rows.dropna(subset=["arr_delay", "temp"]).query("day > 5").head(1)
    return row.assign(month=1, day=row["day"] - 4)


def faults() -> list:
    def case(fault: str, said: str, change: Change, outcome: str):
        return pytest.param(change, said, marks=pytest.mark.fault(fault, outcome), id=fault.replace(" ", "-"))

    return [
        case("no rows", "holds no rows", lambda rows: rows.head(0), "the file is named, exit 1"),
        case(
            "column without a value",
            "raw.wind_gust: has_values: none",
            lambda rows: rows.assign(wind_gust=np.nan),
            "the column is named, exit 1",
        ),
        case(
            "infinite value",
            "raw.wind_speed: is_finite: 1 of",
            lambda rows: rows.assign(wind_speed=[np.inf, *rows["wind_speed"][1:]]),
            "the column is named, with the number of rows, exit 1",
        ),
        case(
            "wrong type of a column",
            "raw.distance: expect_column_values_to_be_of_type: float64",
            lambda rows: rows.assign(distance=rows["distance"] + 0.5),
            "the column is named, with both types, exit 1",
        ),
        case(
            "extra column",
            "raw: expect_table_columns_to_match_ordered_list: extra: air_time ",
            lambda rows: rows.assign(air_time=1.0),
            "the column is named, exit 1",
        ),
        case(
            "missing column",
            "raw: expect_table_columns_to_match_ordered_list: missing: visib ",
            lambda rows: rows.drop(columns="visib"),
            "the column is named, exit 1",
        ),
        case(
            "duplicate rows",
            "expect_compound_columns_to_be_unique: 2 of",
            lambda rows: pd.concat([rows, rows.head(1)]),
            "the key is named, with the number of rows, exit 1",
        ),
    ]


EVERY_MONTH = ("column without a value", "extra column", "missing column")


@pytest.mark.parametrize(("change", "said"), faults())
def test_bad_data_ends_the_verb(project: Baked, change: Change, said: str, request: pytest.FixtureRequest):
    everywhere = request.node.callspec.id.replace("-", " ") in EVERY_MONTH
    for month in (1, 2, 3) if everywhere else (2,):
        project.change(month, change)
    refused(project, said)


@pytest.mark.fault("test rows among the training rows", "their number and first keys are named, exit 1")
def test_one_test_row_among_the_training_rows(project: Baked):
    march = pd.read_parquet(project.root / "data" / "raw" / "2013-03.parquet")
    planted = training_row(march)
    project.change(1, lambda rows: pd.concat([rows, planted]))
    row = march.loc[planted.index[0]]
    key = "-".join(str(row[name]) for name in ("month", "day", "sched_dep_time", "carrier", "flight", "origin"))
    refused(project, f"split.row_id: no_row_on_both_sides: 1: {key} ")


def refused(project: Baked, said: str) -> None:
    project.track()
    done = project.run("mlgitops", "validate-data")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("mlgitops: Stage validate failed: validate: critical: ")
    assert said in line
    assert not (project.root / "data" / "prepared").exists()


def test_good_data_passes(project: Baked):
    done = project.run("mlgitops", "validate-data")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lacking", ["row_count", "columns:", "unique"])
def test_a_suite_that_lost_a_rule_ends_the_verb(project: Baked, lacking: str):
    path = project.root / "expectations" / "prepared.yaml"
    entries = path.read_text().split("\n- ")
    path.write_text("\n- ".join(entry for entry in entries if lacking not in entry))
    done = project.run("mlgitops", "validate-data")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "mlgitops: Stage validate failed: expectations/prepared.yaml: no critical expectation of "
    )
