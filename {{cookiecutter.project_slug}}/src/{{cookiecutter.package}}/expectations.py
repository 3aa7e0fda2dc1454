"""Great Expectations on a table, from a reviewable list in YAML, and our own judgement of the outcome.

The library calls a suite successful that is empty, that saw no rows or an all-null column, or whose minimum
an infinite number meets, and it drops expectations that it does not know. Here each of these is a failure.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from .outcome import outcome, record
from .problem import Problem

# Nothing is sent home; the library reads this when it is imported.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

SEVERITIES = ["info", "warning", "critical"]
COUNTS = {"result_format": "BASIC", "partial_unexpected_count": 0}  # no value of the data: Data Docs travel
OWN = {"type", "severity"}  # keys of an entry that are not the expectation's arguments


def read(path: Path) -> list[dict]:
    """The entries of a suite; Problem when the file is not a list of expectations."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise Problem(f"{path} can't be read: {' '.join(str(error).split())}") from None
    if not isinstance(entries, list) or not entries:
        raise Problem(f"{path}: a list of expectations is needed, found {type(entries).__name__}")
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or "type" not in entry:
            raise Problem(f"{path}: entry {number} has no type")
        if entry.get("severity", "critical") not in SEVERITIES:
            raise Problem(f"{path}: entry {number}: severity is one of {', '.join(SEVERITIES)}")
    return entries


def check(path: Path, name: str, source: str, table: pd.DataFrame, context) -> dict:
    """Run the suite of `path` on the table: its part of reports/validation.json, in the order of the list."""
    entries = read(path)
    checked = results(path, name, entries, table, context)
    found = [outcome(entry, result) for entry, result in zip(entries, checked, strict=True)]
    found += own_checks(entries, table)
    return suite(name, source, len(table), found)


def suite(name: str, source: str, rows: int, found: list[dict]) -> dict:
    success = bool(found) and all(each["success"] for each in found)
    return {"suite": name, "table": source, "rows": rows, "success": success, "expectations": found}


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
    return sorted(checked.results, key=lambda result: result.expectation_config.meta["position"])


def own_checks(entries: list[dict], table: pd.DataFrame) -> list[dict]:
    """What Great Expectations lets pass: no rows, a column without any value, a number that is not finite."""
    rows = len(table)
    named = sorted({entry["column"] for entry in entries if entry.get("column") in table.columns})
    numbers = table.select_dtypes("number")
    infinite = {name: int(np.isinf(numbers[name].to_numpy("float64")).sum()) for name in numbers}
    seen = f"{rows:,} rows"
    return [
        record("has_rows", None, expected="at least 1 row", observed=seen, success=rows > 0),
        *(
            record("has_values", name, expected="at least 1 value", observed="none", unexpected_count=rows)
            for name in named
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
