"""The metrics' intervals as a plot of text: each in units of its own allowed loss, turned so that right is better."""

from mlgitops.report.schema import Metric

ZERO, MARGIN, LAST = 24, 12, 40  # columns of the plot
STEP = ZERO - MARGIN


def plot(metrics: list[Metric]) -> list[str]:
    """Lines for the metrics that have an interval and a margin; none if there are none."""
    drawn = [metric for metric in metrics if metric.low is not None and metric.delta is not None and metric.margin]
    if not drawn:
        return []
    width = max(len(metric.name) for metric in drawn)
    head = list(" " * (LAST + 1))
    for column, word in ((0, "worse"), (MARGIN - 5, "margin"), (ZERO, "0"), (LAST - 5, "better")):
        head[column : column + len(word)] = word
    return ["".join([" " * width, "  ", *head]).rstrip(), *(f"{m.name:<{width}}  {_line(m)}" for m in drawn)]


def _line(metric: Metric) -> str:
    ends = [metric.low, metric.delta, metric.high]
    if metric.direction == "lower":
        ends = [-end for end in reversed(ends)]
    low, middle, high = (ZERO + round(end / metric.margin * STEP) for end in ends)
    line = list(" " * (LAST + 1))
    line[MARGIN], line[ZERO] = "┊", "│"
    for column in range(max(0, low), min(LAST, high) + 1):
        line[column] = "─"
    _mark(line, low, "├")
    _mark(line, high, "┤")
    _mark(line, min(max(middle, 0), LAST), "●")
    if low < 0:
        line[0] = "◄"
    if high > LAST:
        line[LAST] = "►"
    return "".join(line).rstrip()


def _mark(line: list[str], column: int, mark: str) -> None:
    if 0 <= column <= LAST:
        line[column] = mark
