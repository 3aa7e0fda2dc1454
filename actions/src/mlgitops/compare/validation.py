"""Data validation as the report has it: what failed, and whether the base fails it, too; what holds."""

import msgspec

from mlgitops.pipeline.validation import Expectation as Rule
from mlgitops.pipeline.validation import Suite
from mlgitops.pipeline.validation import Validation as Result
from mlgitops.report.schema import Expectation, Validation, clipped

SEVERITIES = ("critical", "warning", "info")
MOST = 200


def summed(result: Result, base: bytes | None) -> Validation:
    """The head's result; `base`: the base's reports/validation.json, where it has one."""
    known = {_key(suite, rule) for suite, rule in _failures(base)}
    failures = sorted(
        (_expectation(suite, rule, _key(suite, rule) in known) for suite, rule in result.failures()),
        key=lambda failure: SEVERITIES.index(failure.severity),
    )
    rules = [(suite, rule) for suite in result.suites for rule in suite.expectations]
    holding = [_expectation(suite, rule, False) for suite, rule in rules if rule.success]
    severity = failures[0].severity if failures else None
    if not result.success and result.severity not in SEVERITIES:
        severity = "critical"  # a run that failed without saying how badly has not shown that the data is good
    counts = {"total": len(rules), "passed": len(holding), "severity": severity}
    return Validation(**counts, failures=failures[:MOST], holding=holding[:MOST])


def _failures(content: bytes | None) -> list[tuple[Suite, Rule]]:
    """Of the base: one that can't be read knows no failure, so that all of the head's are new."""
    try:
        return msgspec.json.decode(content, type=Result).failures() if content else []
    except msgspec.MsgspecError:
        return []


def _key(suite: Suite, rule: Rule) -> tuple:
    return suite.suite, rule.type, rule.column, rule.expected


def _expectation(suite: Suite, rule: Rule, known: bool) -> Expectation:
    return Expectation(
        suite=clipped(suite.suite),
        type=clipped(rule.type),
        column=clipped(rule.column or ""),
        severity=rule.severity if rule.severity in SEVERITIES else "critical",
        success=rule.success,
        observed=clipped(rule.observed or ""),
        expected=clipped(rule.expected or ""),
        error=clipped(rule.error or ""),
        known=known,
    )
