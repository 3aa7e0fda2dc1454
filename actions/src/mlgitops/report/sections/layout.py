"""Tables, folded parts and labels that the sections share."""

from dataclasses import dataclass

from mlgitops.report import numbers
from mlgitops.report.escape import cell, code
from mlgitops.report.schema import Report, Revision

RESULTS = {
    "better": "✅ better",
    "within-margin": "✅ within margin",
    "worse": "❌ worse",
    "inconclusive": "⚠️ inconclusive",
    "info": "info",
    "removed": "❌ **removed**",
    "not-finite": "❌ not finite",
    "no-baseline": "no baseline",
    "no-interval": "⚠️ no interval",
    "too-few": "too few rows",
}


@dataclass(frozen=True)
class Detail:
    """How much to show: of a table at most `rows`, of what changed `changes` at once and the others folded, of a log
    `log` lines."""

    charts: bool = True
    passing_slices: bool = True
    known_expectations: bool = True
    confusion: bool = True
    folded_changes: bool = True
    forest: bool = True
    changes: int = 15
    rows: int = 1000
    log: int = 30


def table(head: list[str], align: str, rows: list[list[str]], most: int = 1000) -> str:
    """A table; align: one letter for each column, l, r or c. Rows beyond `most` become a count."""
    marks = {"l": ":--", "r": "--:", "c": ":-:"}
    lines = [head, [marks[letter] for letter in align], *rows[:most]]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return text if len(rows) <= most else f"{text}\n\n<sub>and {numbers.count(len(rows) - most)} more</sub>"


def details(title: str, body: str, *, open: bool = False) -> str:
    return f"<details{' open' if open else ''}><summary>{title}</summary>\n\n{body}\n\n</details>"


def percent(report: Report) -> str:
    """The confidence of the intervals: 95 %."""
    return f"{report.method.confidence * 100:g} %" if report.method else "no"


def sides(report: Report) -> list[str]:
    """The names of both, as heads of columns."""
    return [cell((report.base and report.base.name) or "base"), cell(report.head.name or "head")]


def side(revision: Revision) -> str:
    return f"{code(revision.name or 'base')} {revision.commit[:7]}".strip()


def is_quiet(report: Report) -> bool:
    """Nothing changed and nothing is wrong."""
    unchanged = report.rows and report.rows.comparison == "unchanged"
    return bool(unchanged and all(gate.result in ("pass", "not-run") for gate in report.gates))


def is_identical(report: Report) -> bool:
    """Both models say the same of every row: there is nothing to show about their difference."""
    return report.rows is not None and report.rows.identical
