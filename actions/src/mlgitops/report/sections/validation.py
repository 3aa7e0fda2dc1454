"""Data validation: what failed, what was observed, and whether it is new; then what holds."""

import re

from mlgitops.report import numbers
from mlgitops.report.escape import cell
from mlgitops.report.schema import Expectation, Report
from mlgitops.report.sections.layout import Detail, details, is_quiet, table
from mlgitops.report.sentences import vocabulary

SEVERITIES = {"critical": "❌ critical", "warning": "⚠️ warning", "info": "info"}
PREFIX = re.compile(r"^expect_(column_values_to_|column_|multicolumn_)?")  # Great Expectations' own


def validation(report: Report, detail: Detail) -> str:
    found = report.validation
    if found is None or is_quiet(report):
        return ""
    title = f"<b>Data validation</b>: {numbers.count(found.passed)} of {numbers.count(found.total)} expectations hold"
    shown = [failure for failure in found.failures if detail.known_expectations or not failure.known]
    heads = ["Suite", "Expectation", "Column", "Severity", "Observed", "Expected", "New"]
    parts = [table(heads, "lllllll", [_failure(each) for each in shown], detail.rows)] if shown else []
    if found.holding and detail.known_expectations:
        heads = ["Holds in", "Expectation", "Column", "Observed", "Expected"]
        rows = table(heads, "lllll", [_row(each) for each in found.holding], detail.rows)
        parts.append(details(f"{vocabulary.plural(found.passed, 'expectation')} hold{'s' * (found.passed == 1)}", rows))
    if not shown:
        parts.insert(0, "What fails is not new." if found.failures else "Nothing failed.")
    return details(title, "\n\n".join(parts), open=found.severity == "critical")


def _failure(found: Expectation) -> list[str]:
    suite, kind, column, observed, expected = _row(found)
    return [suite, kind, column, SEVERITIES[found.severity], observed, expected, "no" if found.known else "yes"]


def _row(found: Expectation) -> list[str]:
    kind = PREFIX.sub("", found.type).replace("_", " ")
    return [cell(text) for text in (found.suite, kind, found.column, found.error or found.observed, found.expected)]
