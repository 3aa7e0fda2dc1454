"""report.json → the comment. Sections in one order; what is too long is cut in one order, and it says so."""

from mlgitops.report.page import Page
from mlgitops.report.schema import Report
from mlgitops.report.sections import changes, closing, face, metrics, rows, seen, validation
from mlgitops.report.sections.layout import Detail

MAX_BYTES = 60_000  # GitHub refuses a comment somewhat above this
SHORTENED = "<sub>Shortened: the rest is in the full report, `report.json`.</sub>"

NOWHERE = Page()

# What goes first when the comment is too long; each level goes further than the one before.
WHOLE = Detail()
LEVELS = (
    WHOLE,
    Detail(passing_slices=False),
    Detail(passing_slices=False, known_failures=False),
    Detail(passing_slices=False, known_failures=False, confusion=False),
    Detail(passing_slices=False, known_failures=False, confusion=False, changes=15),
    Detail(passing_slices=False, known_failures=False, confusion=False, changes=15, forest=False),
    Detail(passing_slices=False, known_failures=False, confusion=False, changes=5, forest=False, rows=5, log=5),
)


def render(report: Report, page: Page = NOWHERE) -> str:
    """The Markdown of a report, under MAX_BYTES bytes of UTF-8."""
    for detail in LEVELS:
        text = "\n\n".join(part for part in _parts(report, detail, page) if part) + "\n"
        if len(text.encode()) < MAX_BYTES:
            break
    return text


def _parts(report: Report, detail: Detail, page: Page) -> list[str]:
    return [
        face.marker(report, page),
        face.headline(report, page),
        face.summary(report),
        face.gates(report, page),
        face.to_clear(report, page),
        face.problem(report),
        face.log(report, detail),
        metrics.metrics(report, detail),
        seen.seen(report),
        changes.changes(report, detail),
        rows.slices(report, detail),
        rows.confusion(report, detail),
        validation.validation(report, detail),
        closing.method(report),
        "" if detail == WHOLE else SHORTENED,
        closing.footer(report, page),
    ]
