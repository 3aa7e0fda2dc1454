"""The metrics' intervals as a plot of text: each in units of its own allowed loss, turned so that right is better."""

from mlgitops.report.schema import Metric

ZERO, LAST = 24, 48  # columns of the plot
WIDEST, NARROWEST = 12, 2  # columns from zero to the allowed loss


def plot(metrics: list[Metric]) -> list[str]:
    """Lines for the metrics that have an interval and an allowed loss; none if there are none."""
    drawn = [
        metric for metric in metrics if metric.low is not None and metric.delta is not None and (metric.margin or 0) > 0
    ]
    if not drawn:
        return []
    farthest = max(abs(end) / metric.margin for metric in drawn for end in (metric.low, metric.high))
    step = max(NARROWEST, int(min(WIDEST, ZERO / farthest))) if farthest else WIDEST
    width = max(len(metric.name) for metric in drawn)
    head = f"{'worse':<{ZERO}}0{'better':>{LAST - ZERO}}"
    return [f"{'':<{width}}  {head}", *(f"{metric.name:<{width}}  {_line(metric, step)}" for metric in drawn)]


def _line(metric: Metric, step: int) -> str:
    ends = [metric.low, metric.delta, metric.high]
    if metric.direction == "lower":
        ends = [-end for end in reversed(ends)]
    low, middle, high = (ZERO + round(min(max(end / metric.margin, -ZERO), ZERO) * step) for end in ends)
    line = ["─" if low <= column <= high else " " for column in range(LAST + 1)]
    marks = {ZERO: "│", ZERO - step: "┊", low: "├", high: "┤", min(max(middle, 1), LAST - 1): "●"}
    marks |= ({0: "◄"} if low < 0 else {}) | ({LAST: "►"} if high > LAST else {})
    for column, mark in marks.items():
        if 0 <= column <= LAST:
            line[column] = mark
    return "".join(line).rstrip()
