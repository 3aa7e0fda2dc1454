"""One version held against another: metrics, verdict, what is missing, what makes one wonder."""

from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from mlgitops.compare.gates import Gates
from mlgitops.experiment import difference, more, shares, verdict
from mlgitops.experiment.arm import Arm
from mlgitops.experiment.result import Comparison, More, Version
from mlgitops.report import numbers
from mlgitops.report.sentences.vocabulary import code


@dataclass(frozen=True)
class Rules:
    """gates: of the model. root: of the project, for metrics of a team's own. seconds: that the rows took to come."""

    gates: Gates
    root: Path
    seconds: float


def compared(rules: Rules, base: Arm, head: Arm, weights: dict[str, int], mismatch: float | None) -> Comparison:
    """Two routes, which answered different units; mismatch: how likely all routes' shares are by chance."""
    sides = [_version(arm, weights.get(arm.model)) for arm in (base, head)]
    facts = Comparison(base=sides[0], head=sides[1], paired=False, mismatch=mismatch, verdict="not-sure", why="")
    found = _judged(rules, facts, base, head)
    if shares.feedback_differs(base, head):
        found = replace(found, warnings=["The truth is known of different shares of their predictions: see why"])
    if mismatch is None or mismatch >= shares.ALARM:
        return found
    return replace(found, verdict="not-comparable", why=_uneven(facts), more=None)


def shadowed(rules: Rules, base: Arm, head: Arm, weights: dict[str, int]) -> Comparison:
    """A shadow against the version beside which it was scored, on the same rows."""
    sides = _version(base, weights.get(base.model)), _version(head, None)
    facts = Comparison(base=sides[0], head=sides[1], paired=True, verdict="not-sure", why="")
    return _judged(rules, facts, base, head)


def _judged(rules: Rules, facts: Comparison, base: Arm, head: Arm) -> Comparison:
    gates = rules.gates
    if (growth := max(more.growth(arm, gates.task) for arm in (base, head))) > 1:
        return replace(facts, why=_too_few(gates.task), more=_more(rules, facts, growth))
    measure = difference.paired if facts.paired else difference.independent
    metrics = measure(gates, base, head, rules.root)
    found, why = verdict.of(metrics, gates.bootstrap.confidence)
    missing = _more(rules, facts, more.missing(metrics)) if found == "not-sure" else None
    return replace(facts, metrics=metrics, verdict=found, why=why, more=missing)


def _version(arm: Arm, weight: int | None) -> Version:
    return Version(model=arm.model, weight=weight, predictions=arm.answers, rows=arm.rows, units=arm.assigned)


def _more(rules: Rules, facts: Comparison, factor: float) -> More | None:
    sides = [facts.base] if facts.paired else [facts.base, facts.head]
    rows, units = sum(each.rows for each in sides), sum(each.units for each in sides)
    return more.at_rate(factor, rows, units, rules.seconds)


def _too_few(task: str) -> str:
    classes = f", {more.OF_A_CLASS} of each class," if task == "binary" else ""
    return f"Each version needs {more.ROWS} rows whose truth is known{classes} from {more.UNITS} units"


def _uneven(facts: Comparison) -> str:
    met = f"{numbers.count(facts.base.units)} and {numbers.count(facts.head.units)} units"
    models = f"{code(facts.base.model)} and {code(facts.head.model)}"
    return f"{models} met {met}, which is not how their weights share them ({numbers.probability(facts.mismatch)})"
