"""To clear it: the one next step."""

from mlgitops.report import numbers
from mlgitops.report.schema import Metric, Report
from mlgitops.report.sentences.calibration import off_calibration
from mlgitops.report.sentences.vocabulary import (
    base_name,
    below_floor,
    code,
    failed_stage,
    names,
    slice_name,
    with_results,
)


def next_step(report: Report) -> str:
    """What to do about the verdict; empty where nothing has to be done."""
    return _STEPS.get(report.verdict, lambda report: "")(report)


def _no_verdict(report: Report) -> str:
    stage = failed_stage(report)
    if stage:
        return f"mend {code(stage.name)}: its last lines are below; `dvc repro` runs it on your machine."
    return "mend what is named below and push again."


def _not_comparable(report: Report) -> str:
    if report.base and not report.base.commit:
        return "compare predictions of the same test rows."
    return "let the `score` command of `gates.yaml` score the base's model on these rows, or keep the test rows."


def _do_not_merge(report: Report) -> str:
    if any(gate.name == "Data validation" and gate.result == "fail" for gate in report.gates):
        return "mend the data, or change the expectation and say why; what was observed is below."
    return next((step for found in _FAILURES if (step := found(report))), "see the gate that failed.")


def _removed(report: Report) -> str:
    removed = with_results(report, "removed")
    return f"keep {names([m.name for m in removed])} in `gates.yaml`." if removed else ""


def _worse(report: Report) -> str:
    worse = with_results(report, "worse")
    if not worse:
        return ""
    step = off_calibration(report) or f"improve {names([m.name for m in worse])}"
    return f"{step}, or raise {_margin(worse[0])} and say why."


def _floor(report: Report) -> str:
    failed = any(gate.name in ("Primary metric", "Guardrails") and gate.result == "fail" for gate in report.gates)
    low = below_floor(report) if failed else []
    return f"bring {names([m.name for m in low])} back above its floor, {numbers.short(low[0].floor)}." if low else ""


def _slices(report: Report) -> str:
    worse = [slice_name(found) for found in report.slices if found.result in ("worse", "not-finite")]
    return f"improve {names(worse)}, or raise `slices.margin` in `gates.yaml` and say why." if worse else ""


def _budgets(report: Report) -> str:
    over = [f"budgets.{budget.name}" for budget in report.budgets if budget.result == "fail"]
    return f"spend less, or raise {names(over)} in `gates.yaml` and say why." if over else ""


def _lost(report: Report) -> str:
    failed = any(gate.name == "Remote audit" and gate.result == "fail" for gate in report.gates)
    return "run `dvc push` on the machine that has the data; what is missing stands above." if failed else ""


_FAILURES = (_removed, _worse, _floor, _slices, _budgets, _lost)


def _needs_decision(report: Report) -> str:
    doubtful = with_results(report, "inconclusive")
    if doubtful:
        metric = doubtful[0]
        most = numbers.value(_possible_loss(metric), numbers.decimals(metric))
        return (
            f"decide whether {code(metric.name)} may lose up to {most} (allowed: {numbers.short(metric.margin)}); "
            "approving says yes. More test rows would tell."
        )
    if with_results(report, "no-interval"):
        return (
            f"push what {base_name(report)} was trained to (`dvc push` at that commit), or approve without intervals."
        )
    return "read what warns; approving accepts it." if report.gates else "approving says yes."


def _possible_loss(metric: Metric) -> float:
    return abs(metric.low if metric.direction == "higher" else metric.high)


def _margin(metric: Metric) -> str:
    return f"{code(f'metrics.{metric.name}.margin')} in `gates.yaml`"


_STEPS = {
    "no-verdict": _no_verdict,
    "not-comparable": _not_comparable,
    "do-not-merge": _do_not_merge,
    "needs-decision": _needs_decision,
}
