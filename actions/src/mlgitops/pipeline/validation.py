"""reports/validation.json, shown where people look: the terminal, the changed files, the job's summary."""

import os
from pathlib import Path

import msgspec

from mlgitops.errors import CannotCheck
from mlgitops.github.event import add_summary

ANNOTATIONS = 10  # GitHub shows no more of a kind for a step


class Expectation(msgspec.Struct, kw_only=True):
    """One rule of a suite and what was observed; counts and shares, never the data's values."""

    type: str
    column: str | None = None
    severity: str = "critical"
    success: bool
    observed: str | None = None
    expected: str = ""
    unexpected_count: int | None = None
    error: str | None = None


class Suite(msgspec.Struct, kw_only=True):
    suite: str
    table: str
    rows: int
    success: bool
    expectations: list[Expectation]


class Validation(msgspec.Struct, kw_only=True):
    """The result of all suites; severity is that of the worst failure, None where nothing failed."""

    success: bool
    severity: str | None = None
    suites: list[Suite]

    def failures(self) -> list[tuple[Suite, Expectation]]:
        return [(suite, rule) for suite in self.suites for rule in suite.expectations if not rule.success]


def read(path: Path) -> Validation | None:
    """The result; None where the stage wrote none."""
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Validation)
    except msgspec.MsgspecError as error:
        raise CannotCheck(f"{path} is not a validation result", given=error, next="Run the validate stage") from error


def show(path: Path) -> None:
    """Print the failures and, in a job, annotate with them and add them to its summary."""
    validation = read(path)
    if validation is None:
        return
    rules = sum(len(suite.expectations) for suite in validation.suites)
    failures = validation.failures()
    print(f"{rules - len(failures)} of {rules} expectations hold.")
    rows = [_row(suite, rule) for suite, rule in failures]
    for number, (cells, (_, rule)) in enumerate(zip(rows, failures, strict=True)):
        line = " · ".join(filter(None, cells))
        annotate = os.environ.get("GITHUB_ACTIONS") and number < ANNOTATIONS
        kind = "error" if rule.severity == "critical" else "warning"
        print(f"::{kind} title=Data validation::{_command_text(line)}" if annotate else f"  {kind}: {line}")
    add_summary(_markdown(rules, rows))


def _row(suite: Suite, rule: Expectation) -> list[str]:
    return [suite.suite, rule.type, rule.column or "", rule.severity, rule.error or rule.observed or "", rule.expected]


def _command_text(text: str) -> str:
    """A workflow command ends at the line's end; GitHub decodes these three."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _markdown(rules: int, rows: list[list[str]]) -> str:
    from mlgitops.report.escape import cell

    head = f"### Data validation: {rules - len(rows)} of {rules} expectations hold\n"
    if not rows:
        return head
    table = ["| Suite | Expectation | Column | Severity | Observed | Expected |", "|:--|:--|:--|:--|:--|:--|"]
    return "\n".join([head, *table, *("| " + " | ".join(map(cell, row)) + " |" for row in rows)])
