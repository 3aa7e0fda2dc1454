"""Why the verdict is what it is."""

from mlgitops.report.schema import Report
from mlgitops.report.sentences.vocabulary import (
    base_name,
    below_floor,
    code,
    failed_stage,
    gain,
    names,
    plural,
    primary,
    slice_name,
    with_results,
)


def reason(report: Report) -> str:
    """Why the verdict is what it is, in a few words: what follows the colon of the headline."""
    return _REASONS[report.verdict](report)


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
        f"{code(report.audit.remote)} lacks data of this commit" if "Remote audit" in failed and report.audit else "",
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
    unsure = [metric.name for metric in with_results(report, "no-interval")]
    found = [
        f"{names(unsure)} compared without an interval" if unsure else "",
        f"{names(doubtful)} {'is' if len(doubtful) == 1 else 'are'} inconclusive" if doubtful else "",
        f"{names([m.name for m in below_floor(report)])} may be beyond its floor" if below_floor(report) else "",
        _in_slices("inconclusive", slices),
        "data validation warns" if "Data validation" in warned else "",
        "a budget is nearly used up" if "Budgets" in warned else "",
        f"{code(report.audit.remote)} can't be reached" if "Remote audit" in warned and report.audit else "",
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
