"""The folded part of charts: the curves of both models, and the primary metric over the last merges."""

from mlgitops.report import numbers
from mlgitops.report.escape import code
from mlgitops.report.mermaid import BLUE, GREY, RED, Chart
from mlgitops.report.schema import Curve, Metric, Report
from mlgitops.report.sections.layout import Detail, details, is_identical, sides
from mlgitops.report.sentences import vocabulary

SHORT, SHORTER, MANY = 7, 5, 12  # characters of a commit, and where there are many of them
FAR = 4  # times the height of what is drawn: a floor beyond that would press it flat

# Of each kind: the title, the axes, what grey is, what to look for.
CURVES = {
    "reliability": (
        "Reliability",
        ("mean predicted probability", "observed rate"),
        "as predicted",
        "Where a line is below grey, predictions are too high; above it, too low.",
    ),
    "precision-recall": ("Precision at each recall", ("recall", "precision"), "", "Higher is better."),
    "roc": (
        "ROC",
        ("false positive rate", "true positive rate"),
        "chance",
        "Higher is better; where the lines cross, neither model ranks better everywhere.",
    ),
    "residuals": (
        "Residuals",
        ("share of rows by prediction", "mean of prediction minus truth"),
        "no bias",
        "Above grey, predictions are too high; below it, too low.",
    ),
}


def charts(report: Report, detail: Detail) -> str:
    """At most two curves and the history; nothing where there is nothing to compare."""
    if not detail.charts or is_identical(report):
        return ""
    found = [_curve(report, curve) for curve in report.curves] if _is_compared(report) else []
    drawn = [chart for chart in [*found, _history(report)] if chart]
    if not drawn:
        return ""
    title = f"<b>Charts</b>: {', '.join(chart.title.lower() if chart.title != 'ROC' else 'ROC' for chart, _ in drawn)}"
    return details(title, "\n\n".join(f"{chart}\n\n{caption}" for chart, caption in drawn))


def _is_compared(report: Report) -> bool:
    """Both models were measured on the same rows."""
    return report.rows is not None and report.rows.comparison in ("same", "rescored")


def _curve(report: Report, curve: Curve) -> tuple[Chart, str] | None:
    """A curve of both models and its caption; nothing where two points could not be told apart."""
    labels = _labels(curve.x)
    if not labels:
        return None
    title, (x, y), grey, hint = CURVES[curve.kind]
    ideal = {"residuals": [0.0] * len(curve.x), "precision-recall": []}.get(curve.kind, curve.x)
    lines = {GREY: ideal} if ideal else {}
    lines |= {BLUE: curve.base, RED: curve.head}
    bounds = {} if curve.kind == "residuals" else {"bounds": (0.0, 1.0)}
    base, head = sides(report)
    if curve.kind == "reliability":
        base, head = (f"{name}{error}" for name, error in zip((base, head), _calibration(report), strict=True))
    caption = f"{f'Grey = {grey}, blue' if grey else 'Blue'} = {base}, red = {head}. {hint}"
    return Chart(title=title, x=x, labels=labels, y=y, lines=lines, **bounds), caption


def _labels(x: list[float]) -> list[str]:
    """The x values with as many decimals as tell them apart."""
    for places in range(2, 7):
        labels = [f"{value:.{places}f}" for value in x]
        if len(set(labels)) == len(labels):
            return labels
    return []


def _calibration(report: Report) -> list[str]:
    """The expected calibration error of both, where it was measured."""
    found = next((metric for metric in report.metrics if metric.name == "ece"), None)
    values = (found.base, found.head) if found else (None, None)
    return ["" if value is None else f" (ECE {numbers.value(value, 3)})" for value in values]


def _history(report: Report) -> tuple[Chart, str] | None:
    """The primary metric as the last merges recorded it, then the pull request's, whose level is drawn through.

    The axis shows at least the width of the metric's interval: a change within it must not look steep.
    """
    metric, length = vocabulary.primary(report), SHORT if len(report.history) <= MANY else SHORTER
    merges = {merge.commit[:length]: merge.value for merge in report.history if merge.commit}
    if metric is None or metric.head is None or not merges:
        return None
    values = [*merges.values(), metric.head]
    span = 0.0 if metric.low is None or metric.high is None else metric.high - metric.low
    lines = {BLUE: values, RED: [metric.head] * len(values)}
    if metric.floor is not None:
        lines = ({GREY: [metric.floor] * len(values)} if _is_near(metric.floor, values, span) else {}) | lines
    chart = Chart(title="History", x="merged commit", labels=[*merges, "PR"], y=metric.name, lines=lines, span=span)
    return chart, _told(report, metric, GREY in lines)


def _is_near(floor: float, values: list[float], span: float) -> bool:
    """Whether a floor can be drawn without pressing the values flat."""
    together = [*values, floor]
    return max(together) - min(together) <= FAR * max(max(values) - min(values), span)


def _told(report: Report, metric: Metric, is_floor_drawn: bool) -> str:
    base, head = sides(report)
    floor = f"Grey = the floor, {numbers.short(metric.floor)}; blue" if is_floor_drawn else "Blue"
    far = metric.floor is not None and not is_floor_drawn
    words = {"higher": "Higher is better", "lower": "Lower is better"}[metric.direction]
    return (
        f"{floor} = {code(metric.name)} as merges to {base} recorded it, on the test rows of their time, and last "
        f"{head}; red = the level of {head}. {words}."
        + (f" The floor, {numbers.short(metric.floor)}, is outside of the chart." if far else "")
    )
