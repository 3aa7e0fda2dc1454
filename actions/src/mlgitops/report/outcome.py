"""A verdict and its gates in two lines of text, as a check, a commit's message and a version's tag hold them."""

import re
from dataclasses import dataclass

from mlgitops.report.schema import Report

VERDICT = re.compile(r"^\s*Verdict: ([a-z-]{1,40})\s*$", re.MULTILINE)
GATES = re.compile(r"^\s*Gates: ([A-Za-z, -]{1,600})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """gates: their names and results, `Pipeline pass, Slices warn`; empty where they are not known."""

    verdict: str
    gates: str = ""

    def lines(self) -> str:
        return f"Verdict: {self.verdict}" + (f"\nGates: {self.gates}" if self.gates else "")

    def results(self) -> dict[str, str]:
        """Gate → result."""
        pairs = (gate.rpartition(" ") for gate in self.gates.split(", ") if gate)
        return {name: result for name, _, result in pairs}


def of(report: Report, verdict: str = "") -> Outcome:
    """A report's outcome: that of its worst model. verdict: where a person has accepted a fail."""
    worst = report.worst
    return Outcome(verdict or worst.verdict, ", ".join(f"{gate.name} {gate.result}" for gate in worst.gates))


def parse(text: str) -> Outcome | None:
    """From a text in which the lines stand anywhere; None where no verdict does. The last ones hold."""
    verdicts, gates = VERDICT.findall(text), GATES.findall(text)
    return Outcome(verdicts[-1], gates[-1].strip() if gates else "") if verdicts else None
