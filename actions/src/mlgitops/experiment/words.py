"""The words and numbers of an experiment, for the terminal and for a pull request."""

from mlgitops.experiment.result import Comparison, Experiment, Measured, More, Version
from mlgitops.report import numbers
from mlgitops.report.sentences.vocabulary import plural

VERSIONS = ["version", "traffic", "predictions", "truth known", "units"]


def title(found: Experiment) -> str:
    since, until = (f"{moment:%Y-%m-%d %H:%M}" for moment in (found.since, found.until))
    return f"{found.endpoint} in {found.environment}, {since} to {until} UTC"


def sentence(each: Comparison) -> str:
    """The reason of the verdict, and what is missing."""
    said = f"{each.why}."
    if each.verdict != "not-sure":
        return said
    return f"{said} {_more(each.more)}." if each.more else f"{said} How many more rows that takes can't be said."


def notes(found: Experiment) -> list[str]:
    """What was left out."""
    mixed = f"{plural(found.mixed, 'unit')} met several versions and {_were(found.mixed)} left out."
    skipped = f"{plural(found.skipped, 'file')} of the log could not be read and {_were(found.skipped)} left out."
    return [note for note, count in ((mixed, found.mixed), (skipped, found.skipped)) if count]


def versions(each: Comparison) -> list[list[str]]:
    return [_version(version) for version in (each.base, each.head)]


def metric_heads(found: Experiment, each: Comparison) -> list[str]:
    names = [version.model.rpartition("@")[2] for version in (each.base, each.head)]
    return ["metric", *names, f"difference ({found.confidence * 100:g} % CI)", "allowed loss", "result"]


def metrics(each: Comparison) -> list[list[str]]:
    return [_metric(metric) for metric in each.metrics]


def _version(version: Version) -> list[str]:
    traffic = "shadow" if version.weight is None else f"{version.weight} %"
    known = f"{numbers.count(version.rows)} ({numbers.share(version.feedback)})"
    return [version.model, traffic, numbers.count(version.predictions), known, numbers.count(version.units)]


def _metric(metric: Measured) -> list[str]:
    digits = numbers.decimals(metric)
    base = _value(metric.base, metric.base_low, metric.base_high, digits)
    head = _value(metric.head, metric.head_low, metric.head_high, digits)
    return [metric.name, base, head, numbers.difference(metric), numbers.short(metric.margin), metric.result]


def _value(value: float | None, low: float | None, high: float | None, digits: int) -> str:
    ends = "" if low is None or high is None else f" ({numbers.value(low, digits)} to {numbers.value(high, digits)})"
    return numbers.value(value, digits) + ends


def _more(more: More) -> str:
    days = "" if more.days is None else f", {_days(more.days)} at the present rate"
    rows, units = (plural(_rounded(count), noun) for count, noun in ((more.rows, "more row"), (more.units, "unit")))
    return f"It takes about {rows} whose truth is known ({units}){days}"


def _days(days: float) -> str:
    return "under a day" if days < 1 else plural(round(days), "day")


def _rounded(count: int) -> int:
    """To two digits: it is an estimate."""
    return int(float(f"{count:.1e}"))


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
