"""What training must not know of the test set: rows, groups of rows, and a later time."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .features import FEATURES, GROUP, TARGET, TIME
from .outcome import record

SEEN = [*FEATURES, TARGET]
KEYS = 3  # shown of those that are found


def check(train: pd.DataFrame, test: pd.DataFrame) -> list[dict]:
    """The checks of a split, as parts of reports/validation.json: the number of leaks, and the first keys."""
    return [rows_apart(train, test), groups_apart(train, test), in_time_order(train, test)]


def rows_apart(train: pd.DataFrame, test: pd.DataFrame) -> dict:
    """No row of the test set is a training row, by its id or by all that the model sees of it.

    A row of which less than half of the features are known is compared by its id only: without weather, two
    flights can be alike by chance.
    """
    copied = hashes(known(test), SEEN).isin(hashes(known(train), SEEN))
    same = hashes(test, ["row_id"]).isin(hashes(train, ["row_id"]))
    keys = test.loc[same | copied.reindex(test.index, fill_value=False), "row_id"]
    return leak("no_row_on_both_sides", "row_id", "no test row among the training rows", keys)


def groups_apart(train: pd.DataFrame, test: pd.DataFrame) -> dict:
    """No group has rows on both sides: rows of a group are alike."""
    both = np.intersect1d(train[GROUP].unique(), test[GROUP].unique())
    return leak("no_group_on_both_sides", GROUP, f"each {GROUP} on one side of the split", both)


def in_time_order(train: pd.DataFrame, test: pd.DataFrame) -> dict:
    """All training rows are older than the oldest test row."""
    late = np.unique(train.loc[train[TIME] >= test[TIME].min(), TIME])
    return leak("test_is_later", TIME, f"training before the first {TIME} of the test set", late)


def known(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of which at least half of the features are known."""
    return rows[rows[FEATURES].notna().to_numpy().mean(axis=1) >= 0.5]


def hashes(rows: pd.DataFrame, columns: list[str]) -> pd.Series:
    """One number of 64 bits for each row: faster to look up than what is in it."""
    return pd.util.hash_pandas_object(rows[columns], index=False)


def leak(kind: str, column: str, expected: str, keys: Iterable) -> dict:
    """The record of a check that found these keys on the wrong side."""
    found = list(keys)
    first = ", ".join(map(str, found[:KEYS])) + (", …" if len(found) > KEYS else "")
    observed = f"{len(found):,}: {first}" if found else "none"
    return record(
        kind, column, expected=expected, observed=observed, success=not found, unexpected_count=len(found)
    )
