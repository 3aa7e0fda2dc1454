"""Chance in training: how far each difference moves when both sides are trained again with other seeds."""

from mlgitops.report.escape import cell, code
from mlgitops.report.schema import Noise, NoiseRange, Report
from mlgitops.report.sections.layout import details, is_identical, table
from mlgitops.report.sentences import vocabulary


def noise(report: Report) -> str:
    """The primary metric in a line, all of them in a folded table."""
    found = report.noise
    if found is None or not found.ranges or is_identical(report):
        return ""
    first = vocabulary.primary(report)
    primary = next((each for each in found.ranges if first and each.name == first.name), found.ranges[0])
    rows = [[cell(each.name), *vocabulary.ends(each), vocabulary.wins(each, found)] for each in found.ranges]
    heads = ["Trained again", "Least Δ", "Middle", "Most", f"{cell(report.head.name or 'head')} is better in"]
    folded = details("<b>Chance in training</b>: every metric", table(heads, "lrrrr", rows))
    return f"{_line(primary, found)}\n\n{folded}"


def _line(primary: NoiseRange, found: Noise) -> str:
    least, middle, most = vocabulary.ends(primary)
    wins = vocabulary.wins(primary, found)
    said = f"Δ {code(primary.name)} goes from {least} to {most} (middle {middle}); better in {wins}"
    if primary.low == primary.high:
        said = f"Δ {code(primary.name)} is the same in all: this training does not depend on its seed"
    return f"**Chance in training:** in {found.seeds} pairs of trainings with the same seed, {said}."
