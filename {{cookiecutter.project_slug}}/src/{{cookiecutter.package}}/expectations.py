"""Great Expectations on a table, from a reviewable list in YAML, and our own judgement of the outcome.

The library calls a suite successful that is empty, that saw no rows or an all-null column, or whose minimum
an infinite number meets, and it drops expectations that it does not know. Here each of these is a failure.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from .problem import Problem

# Nothing is sent home; the library reads this when it is imported.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

SEVERITIES = ["info", "warning", "critical"]
OWN = {"type", "severity"}  # keys of an entry that are not the expectation's arguments
AGGREGATES = ("_row_count_", "_columns_", "_of_type", "_mean_", "_proportion_", "_unique_value_count_")


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
    checked = definition.run(batch_parameters={"dataframe": table}, result_format="BASIC")
    return sorted(checked.results, key=lambda result: result.expectation_config.meta["position"])


def outcome(entry: dict, result) -> dict:
    """One expectation in the report: counts, shares, names and types, never a value of the data."""
    error = exception(result.exception_info)
    return {
        "type": entry["type"],
        "column": column(entry),
        "severity": entry.get("severity", "critical"),
        "success": bool(result.success) and error is None,
        "observed": observed(entry["type"], result.result),
        "expected": expected(entry),
        "unexpected_count": int(result.result.get("unexpected_count") or 0),
        "error": error,
    }


def own_checks(entries: list[dict], table: pd.DataFrame) -> list[dict]:
    """What Great Expectations lets pass: no rows, a column without any value, a number that is not finite."""
    named = sorted({entry["column"] for entry in entries if entry.get("column") in table.columns})
    numbers = table.select_dtypes("number")
    infinite = np.isinf(numbers.to_numpy("float64")).sum(axis=0) if len(numbers.columns) else []
    checks = [("has_rows", None, "at least 1 row", f"{len(table):,} rows", int(table.empty))]
    empty = [name for name in named if table[name].isna().all()]
    checks += [("has_values", name, "at least 1 value", "no value", len(table)) for name in empty]
    checks += [
        ("is_finite", name, "finite numbers", f"{count:,} of {len(table):,} unexpected", int(count))
        for name, count in zip(numbers.columns, infinite, strict=True)
        if count
    ]
    return [
        {
            "type": kind,
            "column": name,
            "severity": "critical",
            "success": not count,
            "observed": seen,
            "expected": wanted,
            "unexpected_count": count,
            "error": None,
        }
        for kind, name, wanted, seen, count in checks
    ]


def exception(info: dict) -> str | None:
    """The message of an error inside an expectation: the library keeps one, or one for each metric."""
    for each in [info] if "raised_exception" in info else info.values():
        if each.get("raised_exception"):
            return " ".join(str(each.get("exception_message")).split())[:300]
    return None


def column(entry: dict) -> str | None:
    single = [entry[key] for key in ("column", "column_A", "column_B") if key in entry]
    names = single or entry.get("column_list", [])
    return ", ".join(names) or None


def observed(kind: str, result: dict) -> str | None:
    if "unexpected_count" in result:
        return f"{result['unexpected_count']:,} of {result['element_count']:,} unexpected"
    value = result.get("observed_value")
    if value is None or not any(part in kind for part in AGGREGATES):
        return None
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def expected(entry: dict) -> str:
    """The entry's arguments in words."""
    low, high = entry.get("min_value"), entry.get("max_value")
    several = entry.get("value_set") or entry.get("column_set") or entry.get("type_list") or []
    words = [
        f"between {low} and {high}" if low is not None and high is not None else "",
        f"at least {low}" if low is not None and high is None else "",
        f"at most {high}" if low is None and high is not None else "",
        ("one of " if "value_set" in entry else "") + ", ".join(map(str, several)),
        str(entry.get("type_", "")),
        f"matches {entry['regex']}" if "regex" in entry else "",
        f"in {entry['mostly']:.4g} of the rows" if "mostly" in entry else "",
    ]
    otherwise = entry["type"].removeprefix("expect_").replace("_", " ")
    return ", ".join(word for word in words if word) or otherwise
