"""How the numbers are made is said once, and only what was done."""

from mlgitops.report.schema import Method, Metric, Report, Rows
from mlgitops.report.sections.closing import method

NUMBERS = {"base": 0.7, "head": 0.7, "delta": 0.0, "low": -0.1, "high": 0.1, "margin": 0.01}


def said(*roles: str, **more) -> str:
    metrics = [
        Metric(name=f"m{n}", role=role, direction="higher", result="inconclusive", **NUMBERS)
        for n, role in enumerate(roles)
    ]
    rows = Rows(comparison="same", count=400)
    return method(Report(metrics=metrics, rows=rows, method=Method(draws=2000, confidence=0.95, seed=1), **more))


def test_the_rule_for_several_gated_metrics_is_one_sentence():
    sentence = "A metric is worse only if the wider interval that holds for all 3 gated metrics at once is below zero."
    assert sentence in said("primary", "guardrail", "guardrail", "info")


def test_one_gated_metric_has_no_such_rule():
    assert "at once" not in said("primary", "info")
