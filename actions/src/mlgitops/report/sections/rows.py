"""The folded parts about rows: slices, worst first, and the confusion matrix."""

from mlgitops.report import numbers
from mlgitops.report.escape import cell
from mlgitops.report.schema import Report, Revision, Slice
from mlgitops.report.sections.layout import RESULTS, Detail, details, is_identical, percent, side, sides, table
from mlgitops.report.sentences import vocabulary


def slices(report: Report, detail: Detail) -> str:
    if not report.slices or is_identical(report):
        return ""
    bad = [found for found in report.slices if found.result in ("worse", "not-finite", "inconclusive")]
    checked = sum(found.result != "too-few" for found in report.slices)
    worse = sum(found.result in ("worse", "not-finite") for found in report.slices)
    title = f"<b>Slices</b>: {checked} checked, {worse} worse, {len(bad) - worse} inconclusive"
    shown = report.slices if detail.passing_slices else bad
    first = report.slices[0]
    heads = ["Slice", "Rows" if first.positives is None else "Rows (positives)"]
    heads += [*sides(report), f"Δ {cell(first.metric)} (simultaneous {percent(report)} CI)", "Result"]
    body = table(heads, "lrrrcl", [_slice(found) for found in shown], detail.rows)
    if len(shown) < len(report.slices):
        body += f"\n\n<sub>{len(report.slices) - len(shown)} passing slices are in the full report.</sub>"
    notes = f"Allowed loss {numbers.short(first.margin)}. Slices with too few rows are listed but never a gate."
    return details(title, f"{body}\n\n{notes}", open=worse > 0)


def _slice(found: Slice) -> list[str]:
    digits = numbers.decimals(found)
    rows = numbers.count(found.rows)
    if found.positives is not None:
        rows += f" ({numbers.count(found.positives)})"
    values = [numbers.value(number, digits) for number in (found.base, found.head)]
    return [cell(vocabulary.slice_name(found)), rows, *values, numbers.difference(found), RESULTS[found.result]]


def confusion(report: Report, detail: Detail) -> str:
    found = report.confusion
    if found is None or not detail.confusion or is_identical(report):
        return ""
    heads = ["Actual ↓ / predicted →", *(cell(name) for name in found.classes)]
    rows = [
        [f"**{cell(name)}**", *map(_moved, was, now)]
        for name, was, now in zip(found.classes, found.base, found.head, strict=True)
    ]
    body = table(heads, "l" + "r" * len(found.classes), rows)
    sides = f"Each cell: {side(report.base or Revision())} → {side(report.head)}."
    at = "" if found.threshold is None else f" at threshold {numbers.short(found.threshold)}"
    return details(f"<b>Confusion matrix</b>{at}", f"{body}\n\n{sides}")


def _moved(was: int, now: int) -> str:
    change = numbers.signed(now - was, 0) if now != was else "±0"
    return f"{numbers.count(was)} → {numbers.count(now)} ({change})"
