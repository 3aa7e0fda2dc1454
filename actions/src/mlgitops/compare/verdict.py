"""From facts to a verdict: metric results, gates and the line above them, each by one rule."""

from msgspec.structs import replace

from mlgitops.report.schema import Gate, Metric, Report, Verdict
from mlgitops.report.sentences import worded
from mlgitops.report.sentences.vocabulary import doubts

FAILS = ("worse", "removed", "not-finite")
EXIT_CODES = {"do-not-merge": 1, "not-comparable": 2, "no-verdict": 2}


def of_interval(low: float | None, high: float | None, margin: float, direction: str, is_sure: bool = True) -> str:
    """The result of a difference: an interval of head − base against the loss that is allowed.

    A non-inferiority test: only an interval that stays above −margin earns a pass, only one below zero is a loss.
    is_sure: so is the interval that holds for all gated metrics at once; without it the more metrics a team gates, the
    more often an equally good model fails.
    """
    if low is None or high is None:
        return "not-finite"
    if direction == "lower":
        low, high = -high, -low
    if low > 0:
        return "better"
    if low > -margin or low == high == 0:
        return "within-margin"
    return "worse" if high < 0 and is_sure else "inconclusive"


def judge(facts: Report) -> Report:
    """The report with its gates, verdict and reason."""
    gates = [Gate(name=name, result=rule(facts)) for name, rule in RULES.items()]
    return worded(replace(facts, gates=gates, verdict=_verdict(facts, gates)))


def exit_code(report: Report) -> int:
    """0: ready, first result, needs a decision. 1: a gate failed. 2: it could not be checked. The worst model's."""
    return EXIT_CODES.get(report.worst.verdict, 0)


def _verdict(facts: Report, gates: list[Gate]) -> Verdict:
    """The first that holds; that rows differ is no failure of the model but ends the comparison."""
    results = [gate.result for gate in gates if gate.name != "Same rows"]
    comparison = facts.rows.comparison if facts.rows else None
    if "error" in {gate.result for gate in gates}:
        return "no-verdict"
    if "fail" in results:
        return "do-not-merge"
    if comparison == "different":
        return "not-comparable"
    if comparison == "none":
        return "first-result"
    return "needs-decision" if "warn" in results else "ready"


def _worst(results: list[str]) -> str:
    return next((result for result in ("fail", "warn", "pass") if result in results), "not-run")


def _pipeline(facts: Report) -> str:
    """A stage that stopped because the data is bad has done its work; any other that failed has not."""
    if facts.pipeline is None:
        return "not-run"
    if facts.pipeline.failed is None:
        return "pass"
    return "fail" if _validation(facts) == "fail" else "error"


def _validation(facts: Report) -> str:
    """Expectations that fail; and, whatever they say, columns that went and values that are newly missing."""
    found = facts.validation
    if found and found.severity == "critical":
        return "fail"
    news = (
        [failure for failure in found.failures if failure.severity == "warning" and not failure.known] if found else []
    )
    if news or doubts(facts):
        return "warn"
    return "pass" if found else "not-run"


def _rows(facts: Report) -> str:
    if facts.rows is None:
        return "error" if facts.problem else "not-run"
    return {"none": "not-run", "different": "fail", "recorded": "warn"}.get(facts.rows.comparison, "pass")


def _metrics(role: str):
    def rule(facts: Report) -> str:
        return _worst([_metric(metric) for metric in facts.metrics if metric.role == role])

    return rule


def _metric(metric: Metric) -> str:
    passes, warns = ("better", "within-margin"), ("inconclusive", "no-interval")
    by_difference = "pass" if metric.result in passes else "warn" if metric.result in warns else "not-run"
    return _worst(["fail" if metric.result in FAILS else by_difference, _floor(metric)])


def _floor(metric: Metric) -> str:
    """Fails only when the whole interval of the head's value is beyond the floor."""
    if metric.floor is None or metric.head is None:
        return "not-run"
    sign = 1 if metric.direction == "higher" else -1
    best = metric.head_high if sign > 0 else metric.head_low
    if best is not None and sign * best < sign * metric.floor:
        return "fail"
    return "warn" if sign * metric.head < sign * metric.floor else "pass"


def _slices(facts: Report) -> str:
    results = {"worse": "fail", "not-finite": "fail", "inconclusive": "warn", "too-few": "not-run"}
    return _worst([results.get(found.result, "pass") for found in facts.slices])


def _budgets(facts: Report) -> str:
    return _worst([budget.result for budget in facts.budgets])


def _audit(facts: Report) -> str:
    """A merge must not lack its data: what the remote does not hold can't be fetched back.

    A fork's job has no credentials, which is as it should be; a remote that does not answer is somebody's to look at.
    """
    found = facts.audit
    if found is None or found.lost:
        return "fail" if found else "not-run"
    if not found.is_listed:
        return "warn" if found.problem == "unreachable" else "not-run"
    return "pass"


RULES = {
    "Pipeline": _pipeline,
    "Data validation": _validation,
    "Remote audit": _audit,
    "Same rows": _rows,
    "Primary metric": _metrics("primary"),
    "Guardrails": _metrics("guardrail"),
    "Slices": _slices,
    "Budgets": _budgets,
}
