"""The metrics: both values, the difference with its interval, the loss that is allowed, the result."""

from mlgitops.report import numbers
from mlgitops.report.escape import block, cell
from mlgitops.report.forest import plot
from mlgitops.report.schema import Metric, Report
from mlgitops.report.sections.layout import RESULTS, Detail, is_identical, percent, side, sides, table
from mlgitops.report.sentences import vocabulary

ARROWS = {"higher": "↑", "lower": "↓"}


def metrics(report: Report, detail: Detail) -> str:
    if not report.metrics or (is_identical(report) and not vocabulary.with_results(report, "removed")):
        return ""
    heading = f"### Metrics: {_sides(report)}"
    if report.verdict == "first-result" or all(metric.base is None for metric in report.metrics):
        return f"{heading}\n\n{_values(report)}"
    body = [heading, _differences(report)]
    lines = plot(report.metrics)
    if lines and detail.forest:
        body.append(
            f"{block(lines)}\n<sub>Each line is a {percent(report)} interval in units of its allowed loss (┊), "
            "turned so that right is better. Right of ┊ it passes; else it fails unless it reaches 0.</sub>"
        )
    return "\n\n".join(body)


def _sides(report: Report) -> str:
    return " → ".join(side(each) for each in (report.base, report.head) if each)


def _differences(report: Report) -> str:
    heads = ["Metric", *sides(report), f"Δ ({percent(report)} CI)", "Allowed loss", "Result"]
    return table(heads, "lrrcrl", [_difference(metric) for metric in report.metrics])


def _difference(metric: Metric) -> list[str]:
    digits = numbers.decimals(metric)
    delta, result = numbers.difference(metric), RESULTS[metric.result]
    if metric.low is not None and metric.high is not None and metric.low * metric.high > 0:
        delta = f"**{delta}**"  # the interval excludes zero
    if metric.result == "within-margin" and _is_a_loss(metric):
        result += ", slightly worse"
    if metric.is_new:
        result += " (new)"
    values = [numbers.value(number, digits) for number in (metric.base, metric.head)]
    return [_name(metric), *values, delta, numbers.short(metric.margin), result]


def _is_a_loss(metric: Metric) -> bool:
    return metric.high < 0 if metric.direction == "higher" else metric.low > 0


def _values(report: Report) -> str:
    """Without a baseline: values with intervals of their own, and the floors."""
    rows = []
    for metric in report.metrics:
        digits = numbers.decimals(metric)
        ends = [numbers.value(end, digits) for end in (metric.head_low, metric.head_high)]
        value = f"{numbers.value(metric.head, digits)} ({' to '.join(ends)})"
        rows.append([_name(metric), value, numbers.short(metric.floor), RESULTS[metric.result]])
    heads = ["Metric", f"{cell(report.head.name or 'head')} ({percent(report)} CI)", "Floor", "Result"]
    return table(heads, "lcrl", rows)


def _name(metric: Metric) -> str:
    name, arrow = cell(metric.name), ARROWS[metric.direction]
    return f"**{name}** {arrow} primary" if metric.role == "primary" else f"{name} {arrow}"
