"""Words that several sentences share: names, numbers with their nouns, and what is to be said of a metric."""

from mlgitops.report import numbers
from mlgitops.report.schema import Metric, Noise, NoiseRange, NullChange, Report, Slice, Stage


def code(name: str) -> str:
    return "`" + name.replace("`", "'") + "`"


def names(items: list[str], most: int = 3) -> str:
    """`a`, `b` and 4 more."""
    shown, rest = [code(item) for item in items[:most]], len(items) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def base_name(report: Report) -> str:
    return code((report.base and report.base.name) or "base")


def slice_name(found: Slice) -> str:
    return f"{found.column}={found.value}"


def plural(number: int, noun: str) -> str:
    return f"{numbers.count(number)} {noun}{'' if number == 1 else 's'}"


def doubts(report: Report) -> list[str]:
    """What of the tracked data makes one wonder: values gone missing or come back, columns gone or of another type."""
    found = []
    for change in report.changes.data:
        where = f"in {code(change.path)}"
        found += [f"{code(null.name)} missing {missing(null)} {where}" for null in change.nulls]
        gone = [column.name for column in change.columns if column.head is None]
        found += [f"column {code(name)} gone {where}" for name in gone]
        retyped = [column for column in change.columns if column.base and column.head]
        found += [f"column {code(c.name)} now {code(c.head)}, not {code(c.base)}, {where}" for c in retyped]
    return found


def missing(null: NullChange) -> str:
    return f"{numbers.share(null.base)} → {numbers.share(null.head)}"


def failed_stage(report: Report) -> Stage | None:
    return report.pipeline.failed if report.pipeline else None


def primary(report: Report) -> Metric | None:
    return next((metric for metric in report.metrics if metric.role == "primary"), None)


def with_results(report: Report, *results: str) -> list[Metric]:
    """The gated metrics that came out so."""
    return [metric for metric in report.metrics if metric.role != "info" and metric.result in results]


def loss(metric: Metric, confidence: float) -> str:
    """`log_loss` is worse by 0.019 (95 % CI 0.012 to 0.025; allowed 0.005)."""
    size, interval = _change(metric, confidence)
    return f"{code(metric.name)} is worse by {size} ({interval}; allowed {numbers.short(metric.margin)})"


def gain(metric: Metric, confidence: float) -> str:
    """`roc_auc` better by 0.012 (95 % CI 0.008 to 0.016)."""
    size, interval = _change(metric, confidence)
    return f"{code(metric.name)} better by {size} ({interval})"


def _change(metric: Metric, confidence: float) -> tuple[str, str]:
    """A difference without its sign, and its interval."""
    digits = numbers.decimals(metric)
    ends = sorted((abs(metric.low), abs(metric.high)))
    interval = " to ".join(numbers.value(end, digits) for end in ends)
    return numbers.value(abs(metric.delta), digits), f"{confidence * 100:g} % CI {interval}"


def below_floor(report: Report) -> list[Metric]:
    """Metrics whose value is beyond their floor, surely or perhaps."""
    return [m for m in report.metrics if m.floor is not None and m.head is not None and is_beyond_floor(m)]


def is_beyond_floor(metric: Metric) -> bool:
    return metric.head < metric.floor if metric.direction == "higher" else metric.head > metric.floor


def ends(found: NoiseRange) -> list[str]:
    """The least, the middle and the largest difference of several trainings."""
    digits = numbers.places((found.high - found.low) / 2)
    return [numbers.signed(number, digits) for number in (found.low, found.middle, found.high)]


def wins(found: NoiseRange, noise: Noise) -> str:
    """3 of 5: in how many of the pairs the head is better."""
    return f"{round(found.better * noise.seeds)} of {noise.seeds}"
