"""What the reporting job knows by itself, and no report may say: where it is shown, and what was decided there."""

from dataclasses import dataclass
from typing import Literal

from mlgitops.report.schema import Report


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Whether the run's result was committed to the branch; why, and the next step of a fail, are ours."""

    result: Literal["pass", "warn", "fail"]
    why: str
    next: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """The pull request's number, the run's page and number, what was recorded, and who overrides a fail."""

    pull: int | None = None
    run_url: str | None = None
    run_number: int | None = None
    recorded: Recorded | None = None
    overridden_by: str | None = None

    @property
    def next_step(self) -> str:
        return self.recorded.next if self.recorded else ""

    def reason(self, report: Report) -> str:
        """What follows the colon of the headline."""
        worst = report.worst
        if self.recorded is not None and self.recorded.result == "fail" and worst.verdict != "do-not-merge":
            return f"not recorded: {self.recorded.why}"
        return f"`{worst.model}`: {worst.reason}" if report.others else worst.reason

    def verdict(self, report: Report) -> str:
        """The report's verdict and what this job adds to it: an unrecorded result fails, an override accepts a fail."""
        failed = self.recorded is not None and self.recorded.result == "fail"
        verdict = report.worst.verdict
        verdict = "do-not-merge" if failed and verdict != "no-verdict" else verdict
        return "overridden" if verdict == "do-not-merge" and self.overridden_by else verdict
