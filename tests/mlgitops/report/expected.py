"""What must be in a comment, from the facts of its report: the one place to change when a section changes."""

import re
from dataclasses import dataclass

from mlgitops.report.page import Page
from mlgitops.report.schema import Report

NUMBER = r"-?\d+(\.\d+)?"
CHART = re.compile(
    r"%%\{init: \{.*\}%%\n"
    r"xychart-beta\n"
    r'    title "[^"\n]+"\n'
    r'    x-axis "[^"\n]+" \["[\w.-]+"(, "[\w.-]+"){1,24}\]\n'
    rf'    y-axis "[^"\n]+" {NUMBER} --> {NUMBER}\n'
    rf"(    line \[{NUMBER}(, {NUMBER}){{1,24}}\]\n){{2,3}}"
)


@dataclass(frozen=True)
class Table:
    """The first cell of its head, its columns, and its rows below the head."""

    head: str
    columns: int
    rows: int


def tables(report: Report, page: Page) -> list[Table]:
    """All tables of a comment that is not too long, in order."""
    models = [report, *report.others]
    verdicts = [Table("Model", 3, len(models))] if report.others else []
    return [*verdicts, *(table for each in models for table in _of_a_model(each, page) if table.rows)]


def _of_a_model(report: Report, page: Page) -> list[Table]:
    compared, changes, validation = not _is_identical(report), report.changes, report.validation
    changed = [*changes.params, *changes.packages, *changes.code]
    changed += [row for file in changes.data for row in (file, *file.columns, *file.nulls)]
    alone = report.verdict == "first-result" or all(metric.base is None for metric in report.metrics)
    removed = any(metric.role != "info" and metric.result == "removed" for metric in report.metrics)
    classes = report.confusion.classes if report.confusion else []
    return [
        *([Table("Gate", 3, len(report.gates) + bool(page.recorded))] if not _is_quiet(report) else []),
        *([Table("Metric", 4 if alone else 6, len(report.metrics))] if compared or removed else []),
        *([Table("Trained again", 5, len(report.noise.ranges))] if compared and report.noise else []),
        *([Table("Input", 3, len(changed))] if not _is_quiet(report) else []),
        *([Table("Slice", 6, len(report.slices))] if compared else []),
        *([Table("Actual ↓ / predicted →", 1 + len(classes), len(classes))] if compared else []),
        *([Table("Suite", 7, len(validation.failures))] if validation and not _is_quiet(report) else []),
        *([Table("Holds in", 5, len(validation.holding))] if validation and not _is_quiet(report) else []),
        Table("Cost", 5, len(report.budgets)),
        *([Table("Endpoint", 5, len(report.production))] if not _is_quiet(report) else []),
    ]


def _is_identical(report: Report) -> bool:
    return report.rows is not None and report.rows.identical


def _is_quiet(report: Report) -> bool:
    """The same model, and no gate says anything."""
    unchanged = report.rows is not None and report.rows.comparison == "unchanged"
    return unchanged and not any(gate.result in ("warn", "fail", "error") for gate in report.gates)
