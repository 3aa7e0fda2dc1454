"""A suite: the reviewable list of expectations in a file, and what such a list must never lack.

An entry is an expectation of Great Expectations with its arguments. One kind is our own: `columns`, a mapping
of names to types, stands for the exact ordered list of columns and for the type of each.
"""

from pathlib import Path

from . import strict
from .problem import Problem

SEVERITIES = ["info", "warning", "critical"]
ROWS = {"expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"}
COLUMNS = "expect_table_columns_to_match_ordered_list"
TYPE = "expect_column_values_to_be_of_type"
KEY = {"expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"}


def read(path: Path) -> list[dict]:
    """The entries of a suite; Problem where the file is no list of expectations, or not a strict one."""
    try:
        listed = strict.load(path)
    except (OSError, ValueError) as error:
        raise Problem(f"{path} can't be read: {error}") from None
    if not isinstance(listed, list) or not listed:
        raise Problem(f"{path}: a list of expectations is needed, found {type(listed).__name__}")
    entries = []
    for number, entry in enumerate(listed, start=1):
        try:
            entries += expanded(entry)
        except ValueError as error:
            raise Problem(f"{path}: entry {number}{error}") from None
    lacking = missing(entries)
    if lacking:
        raise Problem(f"{path}: no critical expectation of {', '.join(lacking)}: without it, bad data passes")
    return entries


def expanded(entry: object) -> list[dict]:
    """The expectations that an entry stands for; ValueError says what is wrong with it."""
    if not isinstance(entry, dict) or ("type" not in entry and list(entry) != ["columns"]):
        raise ValueError(" has no type")
    if entry.get("severity", "critical") not in SEVERITIES:
        raise ValueError(f": severity is one of {', '.join(SEVERITIES)}")
    if "type" in entry:
        return [entry]
    types = entry["columns"]
    if not isinstance(types, dict) or not all(isinstance(kind, str) for kind in types.values()):
        raise ValueError(": columns is a mapping of names to types")
    each = [{"type": TYPE, "column": name, "type_": kind} for name, kind in types.items()]
    return [{"type": COLUMNS, "column_list": list(types)}, *each]


def missing(entries: list[dict]) -> list[str]:
    """What no entry is strict about: one that only warns, or that some rows need not meet, does not count."""
    strict = [each for each in entries if each.get("severity") in (None, "critical") and "mostly" not in each]
    kinds = {entry["type"] for entry in strict}
    exact = [name for entry in strict if entry["type"] == COLUMNS for name in entry.get("column_list") or []]
    typed = {entry.get("column") for entry in strict if entry["type"] == TYPE}
    untyped = [f"the type of {name}" for name in exact if name not in typed]
    lacking = [
        "the number of rows" if not kinds & ROWS else "",
        "the exact columns" if not exact else "",
        *untyped,
        "a unique key" if not kinds & KEY else "",
    ]
    return [each for each in lacking if each]
