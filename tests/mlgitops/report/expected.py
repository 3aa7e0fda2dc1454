"""What must be in a comment, from the facts of its report: the one place to change when a section changes."""

import re
from dataclasses import dataclass

from mlgitops.deploy.plan import Plan
from mlgitops.report.page import Page
from mlgitops.report.schema import Report, Validation

UNFOLDED = 15  # changes that are seen at once
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
    plans = [table for plan in page.plans for table in _of_a_plan(plan)]
    return [*verdicts, *plans, *(table for each in models for table in _of_a_model(each, page))]


def _of_a_plan(plan: Plan) -> list[Table]:
    versions = {*plan.after.models, *(plan.before.models if plan.after.models else {})}
    found = [Table("Endpoint", 4, len(plan.changes)), Table("Version", 3, len(versions))]
    return [table for table in found if table.rows]


def _of_a_model(report: Report, page: Page) -> list[Table]:
    """Each table and where it is shown: not of two models that say the same, not where nothing changed at all."""
    compared, changed = not _is_identical(report), not _is_quiet(report)
    alone = report.verdict == "first-result" or all(metric.base is None for metric in report.metrics)
    removed = any(metric.role != "info" and metric.result == "removed" for metric in report.metrics)
    changes, classes = report.changes, report.confusion.classes if report.confusion else []
    inputs = [*changes.params, *changes.data, *changes.packages, *changes.code]
    inputs += [part for data in changes.data for part in (*data.columns, *data.nulls)]
    validation = report.validation or Validation(total=0, passed=0, severity=None)
    found = [
        (changed, Table("Gate", 3, len(report.gates) + bool(page.recorded))),
        (compared or removed, Table("Metric", 4 if alone else 6, len(report.metrics))),
        (compared, Table("Trained again", 5, len(report.noise.ranges) if report.noise else 0)),
        (changed, Table("Input", 3, min(len(inputs), UNFOLDED))),
        (changed, Table("Input", 3, max(0, len(inputs) - UNFOLDED))),
        (compared, Table("Slice", 6, len(report.slices))),
        (compared, Table("Actual ↓ / predicted →", 1 + len(classes), len(classes))),
        (changed, Table("Suite", 7, len(validation.failures))),
        (changed, Table("Holds in", 5, len(validation.holding))),
        (True, Table("Cost", 5, len(report.budgets))),
        (changed, Table("Endpoint", 5, len(report.production))),
    ]
    return [table for shown, table in found if shown and table.rows]


def _is_identical(report: Report) -> bool:
    return report.rows is not None and report.rows.identical


def _is_quiet(report: Report) -> bool:
    """The same model, and no gate says anything."""
    unchanged = report.rows is not None and report.rows.comparison == "unchanged"
    return unchanged and not any(gate.result in ("warn", "fail", "error") for gate in report.gates)
