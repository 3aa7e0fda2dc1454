"""What changed between the two commits: parameters and gates, data, packages, code, in one table."""

from mlgitops.report import numbers
from mlgitops.report.escape import cell
from mlgitops.report.schema import DataState, Report
from mlgitops.report.sections.layout import Detail, is_quiet, sides, table
from mlgitops.report.sentences import vocabulary


def changes(report: Report, detail: Detail) -> str:
    """Parameters and gates, data, packages, code: one table."""
    found = report.changes
    rows = [[cell(c.name), _state(c.base), _state(c.head)] for c in found.params]
    rows += [[cell(c.path), _data(c.base), _data(c.head)] for c in found.data]
    rows += [[cell(c.name), _state(c.base), _state(c.head)] for c in found.packages]
    rows += [[cell(c.path), _code_base(c.status), _lines(c.status, c.added, c.removed)] for c in found.code]
    if not rows or is_quiet(report):
        return ""
    text = f"### What changed\n\n{table(['Input', *sides(report)], 'lrr', rows, detail.changes)}"
    return text + (f"\n\n<sub>{numbers.count(found.omitted)} more are not listed.</sub>" if found.omitted else "")


def _state(value: str | None) -> str:
    return "–" if value is None else cell(value or "(empty)")


def _data(state: DataState | None) -> str:
    if state is None:
        return "–"
    rows = "" if state.rows is None else vocabulary.plural(state.rows, "row")
    size = "" if state.size is None else numbers.megabytes(state.size)
    return ", ".join(filter(None, [rows, size, cell(state.md5[:8])]))


def _code_base(status: str) -> str:
    return "–" if status == "A" else ""


def _lines(status: str, added: int | None, removed: int | None) -> str:
    if status == "D":
        return "removed"
    return "binary" if added is None or removed is None else f"+{added} {numbers.MINUS}{removed}"
