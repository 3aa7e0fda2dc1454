"""The rules, row by row: results of metrics, gates, verdicts, exit codes."""

import pytest
from msgspec.structs import replace

from mlgitops.compare.verdict import exit_code, judge, of_interval
from mlgitops.report.schema import (
    Audit,
    Budget,
    Expectation,
    Flips,
    Lost,
    Method,
    Metric,
    Pipeline,
    Report,
    Revision,
    Rows,
    Slice,
    Stage,
    Validation,
)


@pytest.mark.parametrize(
    ("low", "high", "margin", "result"),
    [
        (0.001, 0.002, 0.005, "better"),
        (-0.001, 0.002, 0.005, "within-margin"),
        (-0.004, -0.001, 0.005, "within-margin"),
        (-0.006, -0.001, 0.005, "worse"),
        (-0.005, -0.001, 0.005, "worse"),
        (-0.006, 0.001, 0.005, "inconclusive"),
        (-0.009, -0.006, 0.005, "worse"),
        (0.0, 0.0, 0.0, "within-margin"),
        (0.0, 0.1, 0.0, "inconclusive"),
        (None, None, 0.1, "not-finite"),
    ],
)
def test_a_metric_is_held_against_its_margin(low, high, margin, result):
    assert of_interval(low, high, margin, "higher") == result
    if low is not None:
        assert of_interval(-high, -low, margin, "lower") == result


def test_a_loss_that_only_its_own_interval_shows_is_inconclusive():
    assert of_interval(-0.006, -0.001, 0.005, "higher", is_sure=False) == "inconclusive"
    assert of_interval(-0.004, -0.001, 0.005, "higher", is_sure=False) == "within-margin"
    assert of_interval(0.001, 0.002, 0.005, "higher", is_sure=False) == "better"


def metric(result: str = "within-margin", role: str = "guardrail", **more) -> Metric:
    numbers = {"base": 0.7, "head": 0.7, "delta": 0.0, "low": -0.001, "high": 0.001, "margin": 0.005}
    numbers |= {"head_low": 0.69, "head_high": 0.71}
    return Metric(name=f"{role}_{result}", role=role, direction="higher", result=result, **numbers | more)


GOOD = Report(
    model="m",
    task="binary",
    base=Revision(name="main", commit="b" * 40, digest="md5:" + "b" * 32),
    head=Revision(name="PR", commit="a" * 40, digest="md5:" + "a" * 32),
    metrics=[metric("better", role="primary"), metric()],
    slices=[
        Slice(column="kind", value="a", metric="roc_auc", direction="higher", rows=9, margin=0.1, result="too-few")
    ],
    rows=Rows(comparison="same", count=4000),
    flips=Flips(fixed=3, broken=1, p=0.6),
    validation=Validation(total=42, passed=42, severity=None),
    budgets=[Budget(name="model_mb", head=2.1, limit=20, result="pass")],
    pipeline=Pipeline(stages=[Stage(name="train", result="ran")]),
    method=Method(draws=2000, confidence=0.95, seed=1),
)
FAILURE = Expectation(suite="raw", type="not_null", column="temp", severity="warning", success=False)


def stopped(name: str, **more) -> dict:
    return {
        "pipeline": Pipeline(stages=[Stage(name=name, result="failed", exit_code=1)]),
        "metrics": [],
        "slices": [],
        "rows": None,
        "budgets": [],
    } | more


CASES = {
    "better": ({}, "ready", 0, None),
    "within": ({"metrics": [metric(role="primary"), metric()]}, "ready", 0, None),
    "unchanged": ({"rows": Rows(comparison="unchanged", identical=True), "metrics": []}, "ready", 0, None),
    "primary worse": ({"metrics": [metric("worse", role="primary")]}, "do-not-merge", 1, "Primary metric"),
    "guardrail worse": ({"metrics": [metric(role="primary"), metric("worse")]}, "do-not-merge", 1, "Guardrails"),
    "removed": ({"metrics": [metric(role="primary"), metric("removed")]}, "do-not-merge", 1, "Guardrails"),
    "not finite": ({"metrics": [metric("not-finite", role="primary")]}, "do-not-merge", 1, "Primary metric"),
    "inconclusive": ({"metrics": [metric("inconclusive", role="primary")]}, "needs-decision", 0, "Primary metric"),
    "info worse": ({"metrics": [metric(role="primary"), metric("info", role="info")]}, "ready", 0, None),
    "surely below floor": ({"metrics": [metric(role="primary", floor=0.72)]}, "do-not-merge", 1, "Primary metric"),
    "perhaps below floor": ({"metrics": [metric(role="primary", floor=0.705)]}, "needs-decision", 0, "Primary metric"),
    "slice worse": ({"slices": [replace(GOOD.slices[0], result="not-finite")]}, "do-not-merge", 1, "Slices"),
    "over budget": (
        {"budgets": [Budget(name="model_mb", head=21, limit=20, result="fail")]},
        "do-not-merge",
        1,
        "Budgets",
    ),
    "near budget": (
        {"budgets": [Budget(name="model_mb", head=19, limit=20, result="warn")]},
        "needs-decision",
        0,
        "Budgets",
    ),
    "warning": (
        {"validation": Validation(total=42, passed=41, severity="warning", failures=[FAILURE])},
        "needs-decision",
        0,
        "Data validation",
    ),
    "old warning": (
        {"validation": Validation(total=42, passed=41, severity="warning", failures=[replace(FAILURE, known=True)])},
        "ready",
        0,
        None,
    ),
    "bad data": (
        stopped("validate", validation=Validation(total=42, passed=41, severity="critical")),
        "do-not-merge",
        1,
        "Data validation",
    ),
    "failed stage": (stopped("train"), "no-verdict", 2, "Pipeline"),
    "problem": (stopped("train", pipeline=None, problem="no parquet"), "no-verdict", 2, "Same rows"),
    "other rows": (
        {"rows": Rows(comparison="different", only_head=5), "metrics": [], "slices": []},
        "not-comparable",
        2,
        "Same rows",
    ),
    "first": (
        {"rows": Rows(comparison="none"), "metrics": [metric("no-baseline", role="primary", floor=0.65)]},
        "first-result",
        0,
        None,
    ),
    "data lost": (
        {"audit": Audit(remote="s", is_listed=True, objects=1, lost=[Lost(path="p", md5="m", problem="hash")])},
        "do-not-merge",
        1,
        "Remote audit",
    ),
    "remote does not answer": (
        {"audit": Audit(remote="s", is_listed=False, problem="unreachable")},
        "needs-decision",
        0,
        "Remote audit",
    ),
    "no credentials": ({"audit": Audit(remote="s", is_listed=False, problem="no-credentials")}, "ready", 0, None),
    "first below floor": (
        {"rows": Rows(comparison="none"), "metrics": [metric("no-baseline", role="primary", floor=0.8)]},
        "do-not-merge",
        1,
        "Primary metric",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_follows_from_the_facts(case):
    facts, verdict, code, culprit = CASES[case]
    report = judge(replace(GOOD, **facts))
    assert report.verdict == verdict and exit_code(report) == code
    assert report.reason and all(gate.why for gate in report.gates)
    blamed = {gate.name for gate in report.gates if gate.result in ("warn", "fail", "error")}
    assert (culprit in blamed) if culprit else not blamed


def test_gates_come_in_one_order():
    names = ["Pipeline", "Data validation", "Remote audit", "Same rows"]
    names += ["Primary metric", "Guardrails", "Slices", "Budgets"]
    assert [gate.name for gate in judge(GOOD).gates] == names
