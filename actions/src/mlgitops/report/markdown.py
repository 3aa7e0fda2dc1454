"""report.json → the comment. Sections in one order; what is too long is cut in one order, and it says so."""

from dataclasses import replace
from itertools import accumulate

from mlgitops.report.page import Page
from mlgitops.report.schema import Report
from mlgitops.report.sections import (
    budgets,
    changes,
    charts,
    closing,
    face,
    metrics,
    noise,
    plans,
    production,
    rows,
    seen,
    validation,
)
from mlgitops.report.sections.layout import Detail

MAX_BYTES = 60_000  # GitHub refuses a comment somewhat above this
MAX_SUMMARY_BYTES = 1_000_000  # and a job's summary above 1,024 KiB
NOWHERE = Page()

# What goes first when the comment is too long; each step goes further than all before.
CUTS = {
    "charts": {"charts": False},
    "slices that pass": {"passing_slices": False},
    "expectations that hold or fail on the base, too": {"known_expectations": False},
    "confusion matrix": {"confusion": False},
    "changes past 15": {"folded_changes": False},
    "plot of intervals": {"forest": False},
    "all but the first rows": {"changes": 5, "rows": 5, "log": 5},
    "all but the first row": {"changes": 1, "rows": 1, "log": 1},
}
LEVELS = list(accumulate(CUTS.values(), lambda detail, cut: replace(detail, **cut), initial=Detail()))


def render(report: Report, page: Page = NOWHERE, limit: int = MAX_BYTES) -> str:
    """The Markdown of a report, under `limit` bytes of UTF-8."""
    for cuts, detail in enumerate(LEVELS):
        text = "\n\n".join(filter(None, _parts(report, detail, page, list(CUTS)[:cuts]))) + "\n"
        if len(text.encode()) < limit:
            break
    return text


def _parts(report: Report, detail: Detail, page: Page, cut: list[str]) -> list[str]:
    """One model's parts below the headline; several models' each under a heading of its own."""
    parts = [face.marker(report, page), face.headline(report, page), face.override(report, page), face.guarded(page)]
    parts.append(plans.plans(page, detail))
    for each in (report, *report.others):
        parts += [face.heading(each) if report.others else "", *_model(each, detail, page)]
    shortened = f"<sub>Shortened: {', '.join(cut)}: see the full report.</sub>" if cut else ""
    return [*parts, shortened, closing.footer(report, page)]


def _model(report: Report, detail: Detail, page: Page) -> list[str]:
    return [
        face.summary(report),
        face.gates(report, page),
        face.to_clear(report, page),
        face.problem(report),
        face.log(report, detail),
        metrics.metrics(report, detail),
        seen.seen(report),
        noise.noise(report),
        changes.changes(report, detail),
        charts.charts(report, detail),
        rows.slices(report, detail),
        rows.confusion(report, detail),
        validation.validation(report, detail),
        budgets.budgets(report),
        production.production(report),
        closing.method(report),
    ]
