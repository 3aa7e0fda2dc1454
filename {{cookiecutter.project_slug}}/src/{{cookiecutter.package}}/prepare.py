"""Raw data to the rows of the model: features and target, split by time."""

from pathlib import Path

import pandas as pd

from . import features, folder, params, raw, table
from .problem import Problem, run

TRAIN = Path("data/prepared/train.parquet")
TEST = Path("data/prepared/test.parquet")


def prepare(flights: pd.DataFrame, options: params.Prepare) -> pd.DataFrame:
    """One row for each flight that arrived (a cancelled one has no target): features, row_id, day, target."""
    arrived = flights[flights["arr_delay"].notna()]
    return features.features(arrived).assign(
        row_id=features.row_id(arrived),
        day=features.departure(arrived).dt.strftime("%Y-%m-%d"),
        y_true=features.target(arrived, options),
    )


def split(rows: pd.DataFrame, test_months: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Train and test rows: the last months are the test set, because a model is used on what comes later."""
    month = rows["day"].str[:7]
    present = sorted(month.unique())
    if len(present) <= test_months:
        raise Problem(
            f"params.yaml: prepare.test_months is {test_months}, but data/raw holds {len(present)} months: "
            "no row would be left to train on"
        )
    is_test = month.isin(present[-test_months:])
    return rows[~is_test], rows[is_test]


def main() -> None:
    options = params.load().prepare
    train, test = split(prepare(raw.load(), options), options.test_months)
    with folder.replaced(TRAIN.parent) as beside:
        table.write(train, beside / TRAIN.name)
        table.write(test, beside / TEST.name)
    print(f"{len(train):,} rows to train on, {len(test):,} to test on (from {test['day'].min()})")


if __name__ == "__main__":
    run(main)
