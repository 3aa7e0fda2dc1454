"""The sentences of a report, made from its facts, so that a report from elsewhere can't bring words of its own.

Names stand in backticks; whoever shows a sentence as Markdown turns those, and nothing else, into code.
"""

from msgspec.structs import replace

from mlgitops.report import numbers
from mlgitops.report.schema import Budget, Gate, Metric, Report, Slice, clipped

UNITS = {"row_latency_ms": "ms per row", "model_mb": "MB", "train_minutes": "minutes of training"}


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


def failed_stage(report: Report):
    stages = report.pipeline.stages if report.pipeline else []
    return next((stage for stage in stages if stage.result == "failed"), None)


def worded(report: Report) -> Report:
    """The report with its sentences made from its facts."""
    gates = [replace(gate, why=clipped(why(report, gate), 500)) for gate in report.gates]
    return replace(report, gates=gates, reason=clipped(reason(report), 500))


def reason(report: Report) -> str:
    """Why the verdict is what it is, in a few words: what follows the colon of the headline."""
    return _REASONS[report.verdict](report)


def why(report: Report, gate: Gate) -> str:
    """One line for a gate."""
    return _WHYS[gate.name](report, gate)


def primary(report: Report) -> Metric | None:
    return next((metric for metric in report.metrics if metric.role == "primary"), None)


def with_results(report: Report, *results: str) -> list[Metric]:
    """The gated metrics that came out so."""
    return [metric for metric in report.metrics if metric.role != "info" and metric.result in results]


def loss(metric: Metric, confidence: float) -> str:
    """`log_loss` is worse by 0.019 (95 % CI 0.012 to 0.025; allowed 0.005)."""
    digits = numbers.decimals(metric)
    ends = sorted((abs(metric.low), abs(metric.high)))
    interval = " to ".join(numbers.value(end, digits) for end in ends)
    return (
        f"{code(metric.name)} is worse by {numbers.value(abs(metric.delta), digits)} "
        f"({confidence * 100:g} % CI {interval}; allowed {numbers.short(metric.margin)})"
    )


def gain(metric: Metric, confidence: float) -> str:
    """`roc_auc` better by 0.012 (95 % CI 0.008 to 0.016)."""
    digits = numbers.decimals(metric)
    ends = sorted((abs(metric.low), abs(metric.high)))
    interval = " to ".join(numbers.value(end, digits) for end in ends)
    return (
        f"{code(metric.name)} better by {numbers.value(abs(metric.delta), digits)} "
        f"({confidence * 100:g} % CI {interval})"
    )


def below_floor(report: Report) -> list[Metric]:
    """Metrics whose value is beyond their floor, surely or perhaps."""
    return [m for m in report.metrics if m.floor is not None and m.head is not None and _beyond(m)]


def _beyond(metric: Metric) -> bool:
    return metric.head < metric.floor if metric.direction == "higher" else metric.head > metric.floor


def _failing(report: Report) -> list[str]:
    """What fails, each in a few words."""
    failed = {gate.name for gate in report.gates if gate.result == "fail"}
    worse = [metric.name for metric in with_results(report, "worse")]
    floors = [m.name for m in below_floor(report) if failed & {"Primary metric", "Guardrails"}]
    slices = [slice_name(found) for found in report.slices if found.result in ("worse", "not-finite")]
    budgets = [budget.name for budget in report.budgets if budget.result == "fail"]
    found = [
        f"{names(worse)} got worse" if worse else "",
        *(f"{names([m.name])} was removed from the gates" for m in with_results(report, "removed")),
        *(f"{names([m.name])} is not a finite number" for m in with_results(report, "not-finite")),
        f"{names([name for name in floors if name not in worse])} is beyond its floor"
        if set(floors) - set(worse)
        else "",
        _in_slices("worse", slices),
        f"over budget in {names(budgets)}" if budgets else "",
    ]
    return [part for part in found if part]


def _in_slices(what: str, slices: list[str]) -> str:
    """One slice by name, several by number: the table below names them."""
    if not slices:
        return ""
    return f"{what} in the slice {code(slices[0])}" if len(slices) == 1 else f"{what} in {len(slices)} slices"


def _do_not_merge(report: Report) -> str:
    if any(gate.name == "Data validation" and gate.result == "fail" for gate in report.gates):
        return "data validation failed, the model was not trained" if failed_stage(report) else "data validation failed"
    return "; ".join(_failing(report)[:3]) or "a gate failed"


def _needs_decision(report: Report) -> str:
    warned = [gate.name for gate in report.gates if gate.result == "warn"]
    doubtful = [metric.name for metric in with_results(report, "inconclusive")]
    slices = [slice_name(found) for found in report.slices if found.result == "inconclusive"]
    found = [
        f"{names(doubtful)} {'is' if len(doubtful) == 1 else 'are'} inconclusive" if doubtful else "",
        f"{names([m.name for m in below_floor(report)])} may be beyond its floor" if below_floor(report) else "",
        _in_slices("inconclusive", slices),
        "data validation warns" if "Data validation" in warned else "",
        "a budget is nearly used up" if "Budgets" in warned else "",
    ]
    return "; ".join([part for part in found if part][:3]) or "a gate warns"


def _ready(report: Report) -> str:
    if report.rows and report.rows.comparison == "unchanged":
        return "nothing that the model is made of changed"
    if report.rows and report.rows.identical:
        return f"predictions identical on {plural(report.rows.count or 0, 'row')}"
    first = primary(report)
    if first and first.result == "better" and report.method:
        return gain(first, report.method.confidence)
    return "no loss beyond the margins"


def _no_verdict(report: Report) -> str:
    stage = failed_stage(report)
    if stage is None:
        return "the comparison could not run"
    return f"{code(stage.name)} failed" + ("" if stage.exit_code is None else f" (exit {stage.exit_code})")


_REASONS = {
    "ready": _ready,
    "needs-decision": _needs_decision,
    "do-not-merge": _do_not_merge,
    "first-result": lambda report: f"no baseline on {base_name(report)}",
    "not-comparable": lambda report: "the test rows differ",
    "no-verdict": _no_verdict,
}


def _pipeline(report: Report, gate: Gate) -> str:
    if report.pipeline is None:
        return "no record of a run"
    stage, stages = failed_stage(report), report.pipeline.stages
    done = [stage for stage in stages if stage.result in ("ran", "cached")]
    if stage is None:
        ran = sum(stage.result == "ran" for stage in stages)
        return f"{len(done)} of {plural(len(stages), 'stage')}, {ran} re-run"
    code_text = "" if stage.exit_code is None else f" (exit {stage.exit_code})"
    return f"{code(stage.name)} failed{code_text} after {len(done)} of {plural(len(stages), 'stage')}"


def _validation(report: Report, gate: Gate) -> str:
    found = report.validation
    if found is None:
        return "no result"
    text = f"{numbers.count(found.passed)} of {plural(found.total, 'expectation')}"
    kinds = {kind: [f for f in found.failures if f.severity == kind] for kind in ("critical", "warning", "info")}
    if kinds["critical"]:
        columns = dict.fromkeys(failure.column or failure.type for failure in kinds["critical"])
        text += f", {len(kinds['critical'])} critical: {names(list(columns))}"
    if kinds["warning"]:
        known = sum(failure.known for failure in kinds["warning"])
        text += f", {plural(len(kinds['warning']), 'warning')}" + (f" ({known} not new)" if known else "")
    return text


def _rows(report: Report, gate: Gate) -> str:
    rows = report.rows
    if rows is None:
        return "could not be compared, see below" if report.problem else "not reached"
    if rows.comparison == "none":
        return f"no predictions at {base_name(report)}"
    total = numbers.count(rows.count or 0)
    if rows.comparison == "unchanged":
        return "the same predictions and the same model"
    differ = _row_differences(report)
    if rows.comparison == "different":
        return differ
    if rows.comparison == "rescored":
        return f"{differ}; so {base_name(report)}'s model was scored on these {total} rows"
    return f"{total} of {total} row ids match, labels identical"


def _row_differences(report: Report) -> str:
    rows = report.rows
    found = [
        f"{plural(rows.only_head, 'row')} new" if rows.only_head else "",
        f"{plural(rows.only_base, 'row')} gone" if rows.only_base else "",
        f"{plural(rows.relabelled, 'label')} changed" if rows.relabelled else "",
    ]
    return ", ".join(filter(None, found)) or "rows differ"


def _primary(report: Report, gate: Gate) -> str:
    metric = primary(report)
    if metric is None:
        return _not_reached(report)
    return f"{code(metric.name)}: {_standing(metric)}"


def _standing(metric: Metric) -> str:
    """Where a metric stands: against its margin, and against its floor when that says more."""
    digits = numbers.decimals(metric)
    floor = f"{numbers.value(metric.head, digits)}, floor {numbers.short(metric.floor)}"
    if metric.result == "no-baseline":
        return floor if metric.floor is not None else f"{numbers.value(metric.head, digits)}, no floor"
    if metric.result in ("removed", "not-finite"):
        return "removed from the gates" if metric.result == "removed" else "not a finite number"
    text = f"Δ {numbers.difference(metric)}, margin {numbers.short(metric.margin)}"
    return f"{text}; {floor}" if metric.floor is not None and _beyond(metric) else text


def _guardrails(report: Report, gate: Gate) -> str:
    found = [metric for metric in report.metrics if metric.role == "guardrail"]
    if not found:
        return _not_reached(report) if not report.metrics else "none in the gates"
    words = {
        "worse": "worse beyond the margin",
        "removed": "removed from the gates",
        "not-finite": "not finite",
        "inconclusive": "inconclusive",
    }
    parts = [
        f"{names([m.name for m in found if m.result == result])} {text}"
        for result, text in words.items()
        if any(m.result == result for m in found)
    ]
    parts += [f"{code(m.name)} {_standing(m)}" for m in found if m in below_floor(report)]
    if found[0].result == "no-baseline":
        return "; ".join(parts) or "no baseline"
    return "; ".join(parts) or f"{len(found)} of {len(found)} without a loss beyond the margin"


def _slices(report: Report, gate: Gate) -> str:
    if not report.slices:
        return _not_reached(report) if not report.metrics or report.verdict == "first-result" else "none"
    checked = [found for found in report.slices if found.result != "too-few"]
    for result in ("worse", "not-finite", "inconclusive"):
        chosen = [slice_name(found) for found in checked if found.result == result]
        if chosen:
            return f"{names(chosen)} {result.replace('-', ' ')}, of {len(checked)} checked"
    return f"{len(checked)} of {len(report.slices)} large enough, none worse" if checked else "none large enough"


def _budgets(report: Report, gate: Gate) -> str:
    found = [_budget(budget) for budget in report.budgets if budget.head is not None]
    return ", ".join(found) or _not_reached(report)


def _budget(budget: Budget) -> str:
    used = f"{budget.head:,.3g}" if 0.001 <= budget.head < 1000 else f"{budget.head:,.0f}"
    return f"{used} {UNITS[budget.name]} (limit {numbers.short(budget.limit)})"


def _not_reached(report: Report) -> str:
    if report.rows and report.rows.comparison == "unchanged":
        return "nothing to compare"
    if report.rows and report.rows.comparison == "none":
        return "no baseline"
    stopped = report.rows is None or report.rows.comparison == "different"
    return "not reached" if stopped else "not measured"


def _kept(report: Report, gate: Gate) -> str:
    """Recorded: what the reporting job itself said."""
    return gate.why


_WHYS = {
    "Pipeline": _pipeline,
    "Data validation": _validation,
    "Same rows": _rows,
    "Primary metric": _primary,
    "Guardrails": _guardrails,
    "Slices": _slices,
    "Budgets": _budgets,
    "Recorded": _kept,
}
