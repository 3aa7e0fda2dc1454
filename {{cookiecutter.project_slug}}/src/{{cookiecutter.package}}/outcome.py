"""What came of one expectation: counts, shares, names and types, never a value of the data."""

AGGREGATES = ("_row_count_", "_columns_", "_of_type", "_mean_", "_proportion_", "_unique_value_count_")


def outcome(entry: dict, result) -> dict:
    """Great Expectations' result for an entry of a suite; an error inside the expectation is a failure."""
    error = exception(result.exception_info)
    return record(
        entry["type"],
        column(entry),
        severity=entry.get("severity", "critical"),
        success=bool(result.success) and error is None,
        observed=observed(entry, result.result),
        expected=expected(entry),
        unexpected_count=int(result.result.get("unexpected_count") or 0),
        error=error,
    )


def record(
    kind: str,
    column: str | None,
    *,
    expected: str,
    success: bool = False,
    severity: str = "critical",
    observed: str | None = None,
    unexpected_count: int = 0,
    error: str | None = None,
) -> dict:
    return {
        "type": kind,
        "column": column,
        "severity": severity,
        "success": success,
        "observed": observed,
        "expected": expected,
        "unexpected_count": unexpected_count,
        "error": error,
    }


def exception(info: dict) -> str | None:
    """The message of an error inside an expectation: the library keeps one, or one for each metric."""
    for each in [info] if "raised_exception" in info else info.values():
        if each.get("raised_exception"):
            return " ".join(str(each.get("exception_message")).split())[:300]
    return None


def column(entry: dict) -> str | None:
    single = [entry[key] for key in ("column", "column_A", "column_B") if key in entry]
    names = single or ([] if "_table_" in entry["type"] else entry.get("column_list", []))
    return ", ".join(names) or None


def observed(entry: dict, result: dict) -> str | None:
    if "unexpected_count" in result:
        return f"{result['unexpected_count']:,} of {result['element_count']:,} unexpected"
    value = result.get("observed_value")
    if value is None or not any(part in entry["type"] for part in AGGREGATES):
        return None
    if isinstance(value, list):
        return difference(entry.get("column_list") or entry.get("column_set") or [], value)
    return value if isinstance(value, str) else f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def difference(expected: list[str], found: list[str]) -> str:
    """How the columns of a table are not those that are expected."""
    extra = [name for name in found if name not in expected]
    missing = [name for name in expected if name not in found]
    if extra or missing:
        both = ("extra", extra), ("missing", missing)
        return "; ".join(f"{word}: {', '.join(names)}" for word, names in both if names)
    return f"{len(found)} columns" + ("" if found == expected else ", in another order or twice")


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
