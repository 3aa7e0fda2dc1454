"""What the reporting job knows by itself, and no report may say: where it is shown, and what was decided there."""

from dataclasses import dataclass
from typing import Literal

from mlgitops.deploy.plan import Plan
from mlgitops.report.schema import Report


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Whether the run's result was committed to the branch; why, and the next step of a fail, are ours."""

    result: Literal["pass", "warn", "fail"]
    why: str
    next: str = ""


@dataclass(frozen=True, kw_only=True)
class Guarded:
    """The protected paths that a change touches; complete: whether all of its files were looked at."""

    paths: tuple[str, ...] = ()
    complete: bool = True

    @property
    def moves_data(self) -> bool:
        """Whether it is about where DVC keeps the data, which no run takes from a pull request."""
        return any(path == ".dvc" or path.startswith(".dvc/") for path in self.paths)


@dataclass(frozen=True, kw_only=True)
class Page:
    """The pull request's number, the run's page and number, what was recorded, who overrides a fail, what is guarded.

    outdated_override: who had set the label before this result was there to be seen, which decides nothing.
    plans: what a merge would deploy, of each environment whose file is changed.
    """

    pull: int | None = None
    run_url: str | None = None
    run_number: int | None = None
    recorded: Recorded | None = None
    overridden_by: str | None = None
    outdated_override: str | None = None
    guarded: Guarded = Guarded()
    plans: tuple[Plan, ...] = ()

    @property
    def next_step(self) -> str:
        if self.unrecorded or not self.refused:
            return self.recorded.next if self.recorded else ""
        return f"change `{self.refused.path}` to what can be deployed."

    @property
    def refused(self) -> Plan | None:
        """The first plan that a deploy would refuse."""
        return next((plan for plan in self.plans if plan.refused), None)

    @property
    def unrecorded(self) -> bool:
        return self.recorded is not None and self.recorded.result == "fail"

    def reason(self, report: Report) -> str:
        """What follows the colon of the headline."""
        worst = report.worst
        if self.unrecorded and worst.verdict != "do-not-merge":
            return f"not recorded: {self.recorded.why}"
        if self.refused and worst.verdict != "do-not-merge":
            return f"a deploy of `{self.refused.environment}` would be refused"
        reason = f"`{worst.model}`: {worst.reason}" if report.others else worst.reason
        return f"{reason}; `{self.overridden_by}` accepts it" if self.verdict(report) == "overridden" else reason

    def verdict(self, report: Report) -> str:
        """The report's verdict and what this job adds to it: an unrecorded result fails, a plan that a deploy would
        refuse, too; an override accepts a fail.

        What is accepted are numbers: a result that is not recorded would leave a stale dvc.lock behind, and a file that
        can't be deployed would say what does not serve.
        """
        verdict = report.worst.verdict
        if (self.unrecorded or self.refused) and verdict != "no-verdict":
            return "do-not-merge"
        return "overridden" if verdict == "do-not-merge" and self.overridden_by else verdict

    def override(self, report: Report) -> str:
        """Why an override that is set does not count; empty where it does, or would have nothing to accept."""
        if report.worst.verdict != "do-not-merge":
            return ""
        if self.outdated_override:
            who = f"`ml-override` by `{self.outdated_override}`"
            return f"{who} is older than this result: remove it and set it again to accept it."
        if self.overridden_by and (self.unrecorded or self.refused):
            rest = "they have to be recorded, too" if self.unrecorded else "not what a deploy would refuse"
            return f"`ml-override` by `{self.overridden_by}` accepts the numbers, but {rest}."
        return ""
