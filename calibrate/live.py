"""One experiment of two simulated versions: from who met which to a verdict, by the code that reads the logs."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from msgspec.structs import replace

from calibrate import world
from calibrate.comparison import GATES, LOSS, ROOT
from mlgitops.compare.gates import Gates, parse
from mlgitops.experiment.arm import Arm
from mlgitops.experiment.comparison import Rules, compared, shadowed
from mlgitops.experiment.result import Comparison

WEIGHTS = {"late-arrival@v1.3.0": 90, "late-arrival@v1.4.0": 10}
SECONDS = timedelta(days=1).total_seconds()


@dataclass(frozen=True)
class Live:
    """rows: in all; units: that they belong to, whose rows are alike. weight: percent of the units that meet the new
    version; 0: it is a shadow. is_loss: it is worse by two margins. looks: how often, while the rows come in, somebody
    looks whether it can be told."""

    rows: int
    units: int
    weight: int = 10
    is_loss: bool = False
    looks: int = 1

    @property
    def title(self) -> str:
        more = [
            f"{self.weight} % of the traffic" if self.weight else "a shadow",
            "true loss" if self.is_loss else "",
            f"{self.looks} looks" if self.looks > 1 else "",
        ]
        return ", ".join([f"{self.rows:,} rows of {self.units:,} units", *filter(None, more)])


@dataclass(frozen=True)
class LiveOutcome:
    """verdict: the first that could be told, else not-sure. covers: for each gated metric, whether the last interval
    held the difference of zero."""

    verdict: str
    covers: dict[str, bool]


def run(case: Live, numbers: range) -> list[LiveOutcome]:
    """The experiments of a case with these numbers, each with rows and draws of its own."""
    return [_outcome(case, number) for number in numbers]


def _outcome(case: Live, number: int) -> LiveOutcome:
    random = np.random.default_rng([2014, case.rows, case.units, case.weight, number])
    noise = world.noise_of_loss(LOSS) if case.is_loss else world.NOISE
    rows = world.binary(random, case.rows, noise, True, case.units)
    is_new = (random.random(case.units) < case.weight / 100)[rows.day]
    rules = Rules(_gates(number), ROOT, SECONDS)
    for look in range(1, case.looks + 1):
        found = _comparison(rules, rows, is_new, case.weight, case.rows * look // case.looks)
        if found.verdict != "not-sure":
            break
    return LiveOutcome(found.verdict, {metric.name: metric.low <= 0 <= metric.high for metric in found.metrics})


def _comparison(rules: Rules, rows: world.Rows, is_new: np.ndarray, weight: int, count: int) -> Comparison:
    """Of the first so many rows."""
    here = np.arange(len(is_new)) < count
    if not weight:
        return shadowed(rules, _arm(rows, 0, here), _arm(rows, 1, here), {})
    return compared(rules, _arm(rows, 0, here & ~is_new), _arm(rows, 1, here & is_new), WEIGHTS, None)


def _gates(number: int) -> Gates:
    gates = parse(GATES["binary"])
    return replace(gates, slices=None, bootstrap=replace(gates.bootstrap, seed=number))


def _arm(rows: world.Rows, side: int, chosen: np.ndarray) -> Arm:
    scores = (rows.base, rows.head)[side][chosen]
    return Arm(list(WEIGHTS)[side], np.ones(len(scores), dtype=bool), rows.labels[chosen], scores, rows.day[chosen])
