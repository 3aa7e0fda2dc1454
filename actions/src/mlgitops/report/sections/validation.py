"""Data validation: what failed, what was observed, and whether it is new."""

from mlgitops.report import numbers
from mlgitops.report.escape import cell
from mlgitops.report.schema import Expectation, Report
from mlgitops.report.sections.layout import Detail, details, is_quiet, table

SEVERITIES = {"critical": "❌ critical", "warning": "⚠️ warning", "info": "info"}


def validation(report: Report, detail: Detail) -> str:
    found = report.validation
    if found is None or is_quiet(report):
        return ""
    title = f"<b>Data validation</b>: {numbers.count(found.passed)} of {numbers.count(found.total)} expectations hold"
    shown = [failure for failure in found.failures if detail.known_failures or not failure.known]
    if not shown:
        return details(title, "Nothing failed." if not found.failures else "What fails is not new.")
    heads = ["Suite", "Expectation", "Column", "Severity", "Observed", "Expected", "New"]
    body = table(heads, "lllllll", [_row(failure) for failure in shown], detail.rows)
    return details(title, body, open=found.severity == "critical")


def _row(failure: Expectation) -> list[str]:
    names = [cell(name) for name in (failure.suite, failure.type, failure.column)]
    observed = cell(failure.error or failure.observed)
    return [*names, SEVERITIES[failure.severity], observed, cell(failure.expected), "no" if failure.known else "yes"]
