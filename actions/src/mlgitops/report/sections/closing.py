"""How the numbers are made, which model this is, and how to make the report again."""

import re

from mlgitops.report import numbers, wording
from mlgitops.report.escape import code, prose
from mlgitops.report.schema import Report, Revision
from mlgitops.report.sections.layout import details, is_identical


def method(report: Report) -> str:
    how, rows = report.method, report.rows
    if how is None or rows is None or is_identical(report):
        return ""
    drawn = (
        f"whole groups of {code(how.group_by)}"
        if how.group_by
        else ("rows within each class" if report.task == "binary" else "rows")
    )
    pair = f"{code(report.head.name or 'head')} minus {prose(wording.base_name(report))} on the same"
    text = [
        f"Δ is {pair} {numbers.count(rows.count or 0)} test rows, joined by id ({code(rows.labels[:19])}).",
        f"Intervals: paired percentile bootstrap, {numbers.count(how.draws)} draws of {drawn}, seed {how.seed}.",
    ]
    if rows.comparison == "rescored":
        text.append("The test rows differ from the base's, so the base's own model was run on these.")
    if how.slices:
        kind = "DeLong" if report.slices and report.slices[0].metric == "roc_auc" else "Bootstrap"
        text.append(f"Slices: {kind}, with Bonferroni's factor for {wording.plural(how.slices, 'slice')}.")
    text.append("They cover chance in the test rows, not in training.")
    return details("<b>How these numbers are made</b>", " ".join(text))


def footer(report: Report, run_url: str | None) -> str:
    """The digests, which tag and service show, too; the run; how to make this again."""
    parts = [f"Model {code(report.model)} {_digest(report.head)}" if report.head.digest else ""]
    if report.base and report.base.digest:
        parts.append(f"{prose(wording.base_name(report))} {_digest(report.base)}")
    if run_url and re.fullmatch(r"https?://[\w.:/@?&=%#~+-]+", run_url):
        parts.append(f"[Run and full report]({run_url})")
    if report.base and report.base.commit:
        parts.append(f"reproduce: `dvc repro && mlgitops compare --base {report.base.commit[:7]}`")
    return f"<sub>{' · '.join(filter(None, parts))}</sub>" if any(parts) else ""


def _digest(side: Revision) -> str:
    return " ".join(filter(None, [code(side.digest), code(side.version) if side.version else ""]))
