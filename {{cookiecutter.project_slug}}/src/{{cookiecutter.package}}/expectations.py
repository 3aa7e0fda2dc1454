"""Great Expectations on a table, from a reviewable list in YAML, and our own judgement of the outcome.

The library calls a suite successful that is empty, that saw no rows or an all-null column, or whose minimum
an infinite number meets, and it drops expectations that it does not know. Here each of these is a failure.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from .outcome import outcome, record
from .problem import Problem
from .suite import read

# Nothing is sent home; the library reads this when it is imported.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

COUNTS = {"result_format": "BASIC", "partial_unexpected_count": 0}  # no value of the data: Data Docs travel
OWN = {"type", "severity"}  # keys of an entry that are not the expectation's arguments


def check(path: Path, name: str, table: pd.DataFrame, context) -> list[dict]:
    """Run the suite of `path` on the table: its part of reports/validation.json, in the order of the list."""
    entries = read(path)
    checked = results(path, name, entries, table, context)
    found = [outcome(entry, result) for entry, result in zip(entries, checked, strict=True)]
    return found + own_checks(table)


def results(path: Path, name: str, entries: list[dict], table: pd.DataFrame, context) -> list:
    """Great Expectations' result for each entry; Problem names what it does not know."""
    import great_expectations as gx

    configured = [
        {
            "type": entry["type"],
            "severity": entry.get("severity", "critical"),
            "kwargs": {key: value for key, value in entry.items() if key not in OWN},
            "meta": {"position": position},  # results come back in another order
        }
        for position, entry in enumerate(entries)
    ]
    try:
        expected = context.suites.add(gx.ExpectationSuite(name=name, expectations=configured))
    except Exception as error:  # pydantic's, or one of a dozen of the library's own
        raise Problem(f"{path}: {' '.join(str(error).split())[:300]}") from None
    if len(expected.expectations) < len(entries):  # the library drops what it does not know, and goes on
        known = {each.expectation_type for each in expected.expectations}
        unknown = sorted({entry["type"] for entry in entries} - known)
        raise Problem(f"{path}: Great Expectations has no {', '.join(unknown)}")
    asset = context.data_sources.pandas_default.add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe(name)
    definition = gx.ValidationDefinition(name=name, data=batch, suite=expected)
    context.validation_definitions.add(definition)
    checked = definition.run(batch_parameters={"dataframe": table}, result_format=COUNTS)
    if len(checked.results) < len(entries):
        raise Problem(f"{path}: only {len(checked.results)} of {len(entries)} expectations were evaluated")
    return sorted(checked.results, key=lambda result: result.expectation_config.meta["position"])


def own_checks(table: pd.DataFrame) -> list[dict]:
    """What Great Expectations lets pass: no rows, a column without any value, a number that is not finite."""
    rows = len(table)
    numbers = table.select_dtypes("number")
    infinite = {name: int(np.isinf(numbers[name].to_numpy("float64")).sum()) for name in numbers}
    seen = f"{rows:,} rows"
    return [
        record("has_rows", None, expected="at least 1 row", observed=seen, success=rows > 0),
        *(
            record("has_values", name, expected="at least 1 value", observed="none", unexpected_count=rows)
            for name in table.columns
            if table[name].isna().all()
        ),
        *(
            record(
                "is_finite",
                name,
                expected="finite numbers",
                observed=f"{count:,} of {rows:,} unexpected",
                unexpected_count=count,
            )
            for name, count in infinite.items()
            if count
        ),
    ]
