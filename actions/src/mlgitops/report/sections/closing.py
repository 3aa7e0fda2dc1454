"""How the numbers are made, which model this is, and how to make the report again."""

import re

from mlgitops.report import numbers
from mlgitops.report.escape import code, prose
from mlgitops.report.page import Page
from mlgitops.report.schema import Report, Revision
from mlgitops.report.sections.layout import details, is_identical
from mlgitops.report.sentences import vocabulary


def method(report: Report) -> str:
    how, rows = report.method, report.rows
    if how is None or rows is None or is_identical(report):
        return ""
    sentences = [
        _what(report),
        f"Intervals: {'paired ' if rows.comparison in ('same', 'rescored') else ''}percentile bootstrap, "
        f"{numbers.count(how.draws)} draws of {_drawn(report)}, seed {how.seed}.",
        _together(report),
        "The test rows differ from the base's, so the base's own model was run on these."
        if rows.comparison == "rescored"
        else "",
        _slices(report),
        "They cover chance in the test rows, not in training"
        + (": for that, see above." if report.noise else "; `make noise SEEDS=5` shows that."),
    ]
    return details("<b>How these numbers are made</b>", " ".join(filter(None, sentences)))


def _what(report: Report) -> str:
    rows = f"{vocabulary.plural(report.rows.count or 0, 'test row')} ({code(report.rows.labels[:19])})"
    head = code(report.head.name or "head")
    if report.rows.comparison in ("none", "recorded"):
        return f"Values of {head} on {rows}."
    return f"Δ is {head} minus {prose(vocabulary.base_name(report))} on the same {rows}, joined by id."


def _drawn(report: Report) -> str:
    if report.method.group_by:
        return f"whole groups of {code(report.method.group_by)}"
    return "rows" if report.task == "regression" else "rows within each class"


def _together(report: Report) -> str:
    """Why an interval below zero may be called inconclusive."""
    gated = sum(metric.role != "info" and metric.low is not None for metric in report.metrics)
    if gated < 2:
        return ""
    return (
        f"A metric is worse only if the wider interval that holds for all {gated} gated metrics at once is below zero."
    )


def _slices(report: Report) -> str:
    if not report.method.slices or not report.slices:
        return ""
    kind = "DeLong" if report.slices[0].metric == "roc_auc" else "bootstrap"
    if report.method.group_by:
        kind += " with the error of whole groups"
    return f"Slices: {kind}, with Bonferroni's factor for {vocabulary.plural(report.method.slices, 'slice')}."


def footer(report: Report, page: Page) -> str:
    """The digests, which tag and service show, too; the run; how to make this again."""
    parts = [f"Model {code(report.model)} {_digest(report.head)}" if report.head.digest else ""]
    if report.base and report.base.digest:
        parts.append(f"{prose(vocabulary.base_name(report))} {_digest(report.base)}")
    if page.run_url and re.fullmatch(r"https?://[\w.:/@?&=%#~+-]+", page.run_url):
        run = f"Run #{page.run_number}" if page.run_number else "Run"
        parts.append(f"[{run}]({page.run_url}) · [artifacts]({page.run_url}#artifacts)")
    if report.base and report.base.commit:
        parts.append(f"reproduce: `dvc repro && mlgitops compare --base {report.base.commit[:7]}`")
    return f"<sub>{' · '.join(filter(None, parts))}</sub>" if any(parts) else ""


def _digest(side: Revision) -> str:
    return " ".join(filter(None, [code(side.digest), code(side.version) if side.version else ""]))
