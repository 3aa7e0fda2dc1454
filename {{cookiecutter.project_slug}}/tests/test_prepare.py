from pathlib import Path

import pandas as pd
import pytest

from {{ cookiecutter.package }} import features, params, prepare, table
from {{ cookiecutter.package }}.problem import Problem


def test_cancelled_flights_are_no_rows(flights: pd.DataFrame, options: params.Params):
    rows = prepare.prepare(flights, options.prepare)
    assert len(rows) == flights["arr_delay"].notna().sum()
    assert list(rows.columns) == [*features.FEATURES, "row_id", "day", "y_true"]


def test_the_last_month_is_the_test_set(flights: pd.DataFrame, options: params.Params):
    rows = prepare.prepare(flights, options.prepare)
    train, test = prepare.split(rows, 1)
    assert train["day"].max() < "2013-03" <= test["day"].min()
    assert len(train) + len(test) == len(rows)


def test_a_split_that_leaves_nothing_to_train_on(flights: pd.DataFrame, options: params.Params):
    rows = prepare.prepare(flights, options.prepare)
    with pytest.raises(Problem, match=r"test_months is 3, but data/raw holds 3 months"):
        prepare.split(rows, 3)


def test_the_stage_writes_the_same_bytes_each_time(project: Path):
    written = []
    for _ in range(2):
        prepare.main()
        written.append((prepare.TRAIN.read_bytes(), prepare.TEST.read_bytes()))
    assert written[0] == written[1]
    assert len(table.read(prepare.TRAIN)) == 288
