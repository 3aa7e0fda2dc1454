"""What the rows say one by one: how many changed sides, and the smallest difference that so many can show."""

from statistics import NormalDist

from mlgitops.report import numbers
from mlgitops.report.escape import code
from mlgitops.report.schema import Flips, Metric, Report
from mlgitops.report.sections.layout import is_identical
from mlgitops.report.sentences import vocabulary

POWER = 0.8
# of each kind: the title, the words for fixed and broken, the test
FLIPS = {
    "class": ("Rows that changed class", "fixed", "broken", "exact McNemar"),
    "error": ("Rows whose error changed", "closer", "farther off", "exact sign test"),
}


def seen(report: Report) -> str:
    """Rows that changed sides, and what this many rows can show at all."""
    if not report.rows or is_identical(report):
        return ""
    lines = [_flipped(report, report.flips)] if report.flips else []
    first = vocabulary.primary(report)
    if first and first.low is not None and first.low < first.high and report.rows.count:
        lines.append(_visible(report, first))
    return "\n\n".join(lines)


def _flipped(report: Report, flips: Flips) -> str:
    title, better, worse, test = FLIPS[flips.kind]
    rest = max(0, (report.rows.count or 0) - flips.fixed - flips.broken)
    counts = f"{numbers.count(flips.fixed)} {better}, {numbers.count(flips.broken)} {worse}"
    grouped = ", as if rows were independent" if report.method and report.method.group_by else ""
    chance = f"{test} {numbers.probability(flips.p)}{grouped}"
    return f"**{title}:** {counts}, {numbers.count(rest)} unchanged ({chance})."


def _visible(report: Report, metric: Metric) -> str:
    """The smallest difference found with 80 % power: (z for the interval + z for the power) standard errors."""
    z = NormalDist().inv_cdf((1 + report.method.confidence) / 2)
    error = (metric.high - metric.low) / (2 * z)
    smallest = (z + NormalDist().inv_cdf(POWER)) * error
    digits = numbers.places(smallest)
    return (
        f"**What these rows can show:** with {_rows(report)}, a change of {code(metric.name)} under "
        f"{numbers.value(smallest, digits)} will usually not be told from chance ({POWER * 100:g} % power); "
        f"the allowed loss is {numbers.short(metric.margin)}."
    )


def _rows(report: Report) -> str:
    """The rows, and the groups that they come in."""
    rows, how = vocabulary.plural(report.rows.count, "row"), report.method
    return (
        f"{rows} in {numbers.count(how.groups)} groups of {code(how.group_by)}" if how.groups and how.group_by else rows
    )
