"""One line for each gate: what it saw."""

from mlgitops.report import numbers
from mlgitops.report.schema import Budget, Gate, Metric, Report
from mlgitops.report.sentences.vocabulary import (
    base_name,
    below_floor,
    code,
    doubts,
    failed_stage,
    is_beyond_floor,
    names,
    plural,
    primary,
    slice_name,
)

UNITS = {
    "row_latency_ms": "ms per row",
    "model_mb": "MB",
    "train_minutes": "minutes of training",
    "train_cpu_seconds": "CPU seconds of training",
}


def why(report: Report, gate: Gate) -> str:
    """One line for a gate."""
    return _WHYS[gate.name](report, gate)


def _pipeline(report: Report, gate: Gate) -> str:
    if report.pipeline is None:
        return "no record of a run"
    stage, stages = failed_stage(report), report.pipeline.stages
    done = [stage for stage in stages if stage.result in ("ran", "cached")]
    if stage is None:
        ran = sum(stage.result == "ran" for stage in stages)
        return f"{len(done)} of {plural(len(stages), 'stage')}, {ran} re-run"
    code_text = "" if stage.exit_code is None else f" (exit {stage.exit_code})"
    waiting = [stage.name for stage in stages if stage.result == "not-run"]
    rest = f"; not run: {names(waiting, 5)}" if waiting else ""
    return f"{code(stage.name)} failed{code_text} after {len(done)} of {plural(len(stages), 'stage')}{rest}"


def _validation(report: Report, gate: Gate) -> str:
    return "; ".join([_expectations(report), *_first(doubts(report), 2)])


def _first(sentences: list[str], most: int) -> list[str]:
    rest = len(sentences) - most
    return sentences[:most] + ([f"{numbers.count(rest)} more like this"] if rest > 0 else [])


def _expectations(report: Report) -> str:
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
    if rows.comparison == "recorded":
        return f"only the metrics of {base_name(report)} are known, not its predictions"
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
    return f"{text}; {floor}" if metric.floor is not None and is_beyond_floor(metric) else text


def _guardrails(report: Report, gate: Gate) -> str:
    found = [metric for metric in report.metrics if metric.role == "guardrail"]
    if not found:
        return _not_reached(report) if not report.metrics else "none in the gates"
    words = {
        "worse": "worse beyond the margin",
        "removed": "removed from the gates",
        "not-finite": "not finite",
        "inconclusive": "inconclusive",
        "no-interval": "without an interval",
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
        compared = report.rows and report.rows.comparison in ("same", "rescored")
        return "none in the gates" if compared else _not_reached(report)
    checked = [found for found in report.slices if found.result != "too-few"]
    for result in ("worse", "not-finite", "inconclusive"):
        chosen = [slice_name(found) for found in checked if found.result == result]
        if chosen:
            return f"{names(chosen)} {result.replace('-', ' ')}, of {len(checked)} checked"
    return f"{len(checked)} of {len(report.slices)} large enough, none worse" if checked else "none large enough"


def _budgets(report: Report, gate: Gate) -> str:
    limited = [budget for budget in report.budgets if budget.limit is not None]
    if report.budgets and not limited:
        return "no limit in the gates"
    return ", ".join(_budget(budget) for budget in limited if budget.head is not None) or _not_reached(report)


def _budget(budget: Budget) -> str:
    return f"{numbers.used(budget.head)} {UNITS[budget.name]} (limit {numbers.short(budget.limit)})"


def _not_reached(report: Report) -> str:
    if report.rows and report.rows.comparison == "unchanged":
        return "nothing to compare"
    if report.rows and report.rows.comparison in ("none", "recorded"):
        return "no baseline" if report.rows.comparison == "none" else "no predictions to compare with"
    stopped = report.rows is None or report.rows.comparison == "different"
    return "not reached" if stopped else "not measured"


def _audit(report: Report, gate: Gate) -> str:
    """What of the objects that the commit names the remote holds."""
    found = report.audit
    if found is None:
        return "not reached"
    if not found.is_listed:
        unlisted = {"unreachable": "can't be reached", "no-credentials": "can't be listed with this job's credentials"}
        how = unlisted.get(found.problem, "can't be listed")
        return f"{code(found.remote)} {how}" if found.remote else "no DVC remote is set"
    lost = len(found.lost) + found.omitted
    if lost:
        which = names([lost.path for lost in found.lost])
        of = f"{numbers.count(lost)} of {plural(found.objects, 'object')}"
        return f"{of} missing or harmed in {code(found.remote)}: {which}"
    return f"{plural(found.objects, 'object')} whole in {code(found.remote)}"


_WHYS = {
    "Pipeline": _pipeline,
    "Data validation": _validation,
    "Remote audit": _audit,
    "Same rows": _rows,
    "Primary metric": _primary,
    "Guardrails": _guardrails,
    "Slices": _slices,
    "Budgets": _budgets,
}
