"""What changed between the two commits: parameters and gates, data, packages, code, in one table."""

from collections.abc import Iterator

from mlgitops.report import numbers
from mlgitops.report.escape import cell
from mlgitops.report.schema import DataChange, DataState, Report
from mlgitops.report.sections.layout import Detail, details, is_quiet, sides, table
from mlgitops.report.sentences import vocabulary

WARNS = " ⚠️"


def changes(report: Report, detail: Detail) -> str:
    """Parameters and gates, data, packages, code: one table."""
    found = report.changes
    rows = [[cell(c.name), _state(c.base), _state(c.head)] for c in found.params]
    rows += [row for change in found.data for row in _data(change)]
    rows += [[cell(c.name), _state(c.base), _state(c.head)] for c in found.packages]
    rows += [[cell(c.path), _code_base(c.status), _lines(c.status, c.added, c.removed)] for c in found.code]
    if not rows or is_quiet(report):
        return ""
    heads = ["Input", *sides(report)]
    shown, rest = rows[: detail.changes], rows[detail.changes :]
    parts, hidden = ["### What changed", table(heads, "lrr", shown)], found.omitted
    if rest and detail.folded_changes:
        parts.append(details(f"{numbers.count(len(rest))} more", table(heads, "lrr", rest)))
    else:
        hidden += len(rest)
    if hidden:
        parts.append(f"<sub>{numbers.count(hidden)} more are not listed.</sub>")
    return "\n\n".join(parts)


def _state(value: str | None) -> str:
    return "–" if value is None else cell(value or "(empty)")


def _data(change: DataChange) -> Iterator[list[str]]:
    """The file's row, and one below it for each column that came, went or changed, and for values newly missing."""
    counts = _counts(change)
    yield [cell(change.path), _file(change.base), f"{_file(change.head)}{f' ({counts})' if counts else ''}"]
    for column in change.columns:
        warns = "" if column.base is None else WARNS
        yield [f"↳ column {_state(column.name)}", _state(column.base), _state(column.head) + warns]
    for null in change.nulls:
        shares = numbers.share(null.base), f"{numbers.share(null.head)}{WARNS}"
        yield [f"↳ {_state(null.name)} missing", *shares]


def _file(state: DataState | None) -> str:
    """Its rows; of a file that can't be read, its size and digest."""
    if state is None:
        return "–"
    if state.rows is not None:
        return vocabulary.plural(state.rows, "row")
    size = "" if state.size is None else numbers.megabytes(state.size)
    return ", ".join(filter(None, [size, cell(state.md5[:8])]))


def _counts(change: DataChange) -> str:
    """Rows added, removed and edited, in a file that both sides have."""
    if change.base is None or change.head is None:
        return ""
    if change.added is None or change.removed is None:
        return "not compared" if change.head.rows is not None else ""
    found = [
        f"+{numbers.count(change.added)}" if change.added else "",
        f"{numbers.MINUS}{numbers.count(change.removed)}" if change.removed else "",
        f"{numbers.count(change.edited)} edited" if change.edited else "",
    ]
    return ", ".join(filter(None, found)) or ("" if change.columns else "no row differs")


def _code_base(status: str) -> str:
    return "–" if status == "A" else ""


def _lines(status: str, added: int | None, removed: int | None) -> str:
    if status == "D":
        return "removed"
    return "binary" if added is None or removed is None else f"+{added} {numbers.MINUS}{removed}"
