"""report.json → the comment. Sections in one order; what is too long is cut in one order, and it says so."""

from mlgitops.report import sections
from mlgitops.report.schema import Report
from mlgitops.report.sections import Detail

MAX_BYTES = 60_000  # GitHub refuses a comment somewhat above this

# What goes first when the comment is too long: each level keeps less than the one before.
LEVELS = (
    Detail(),
    Detail(passing_slices=False),
    Detail(passing_slices=False, known_failures=False),
    Detail(passing_slices=False, known_failures=False, confusion=False),
    Detail(passing_slices=False, known_failures=False, confusion=False, changes=15),
    Detail(passing_slices=False, known_failures=False, confusion=False, changes=15, forest=False),
    Detail(passing_slices=False, known_failures=False, confusion=False, changes=5, forest=False, rows=5, log=5),
)


def render(report: Report, run_url: str | None = None) -> str:
    """The Markdown of a report, under MAX_BYTES bytes of UTF-8; run_url: the run's page, from a trusted source."""
    for level in LEVELS:
        text = "\n\n".join(part for part in _parts(report, level, run_url) if part) + "\n"
        if len(text.encode()) < MAX_BYTES:
            break
    return text


def _parts(report: Report, detail: Detail, run_url: str | None) -> list[str]:
    return [
        sections.marker(report),
        sections.headline(report),
        sections.summary(report),
        sections.gates(report),
        sections.to_clear(report),
        sections.problem(report),
        sections.log(report, detail),
        sections.metrics(report, detail),
        sections.seen(report),
        sections.changes(report, detail),
        sections.slices(report, detail),
        sections.confusion(report, detail),
        sections.validation(report, detail),
        sections.method(report),
        "" if detail == LEVELS[0] else "<sub>Shortened: the rest is in the full report, `report.json`.</sub>",
        sections.footer(report, run_url),
    ]
