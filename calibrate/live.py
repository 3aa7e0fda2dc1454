"""An experiment of two simulated versions: from who met which to a verdict, by the code that reads the logs."""

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
    version; 0: it is a shadow. is_loss: it is worse by two margins."""

    rows: int
    units: int
    weight: int = 10
    is_loss: bool = False

    @property
    def title(self) -> str:
        traffic = f"{self.weight} % of the traffic" if self.weight else "a shadow"
        loss = ", true loss" if self.is_loss else ""
        return f"{self.rows:,} rows of {self.units:,} units, {traffic}{loss}"


@dataclass(frozen=True)
class LiveOutcome:
    """covers: for each gated metric, whether its interval held the difference of zero."""

    verdict: str
    covers: dict[str, bool]


def run(case: Live, numbers: range) -> list[LiveOutcome]:
    """The experiments of a case with these numbers, each with rows and draws of its own."""
    return [_outcome(_comparison(case, number)) for number in numbers]


def _comparison(case: Live, number: int) -> Comparison:
    random = np.random.default_rng([2014, case.rows, case.units, case.weight, number])
    noise = world.noise_of_loss(LOSS) if case.is_loss else world.NOISE
    rows = world.binary(random, case.rows, noise, True, case.units)
    rules = Rules(_gates(number), ROOT, SECONDS)
    every = np.ones(case.rows, dtype=bool)
    if not case.weight:
        return shadowed(rules, *(_arm(rows, side, every) for side in (0, 1)), {})
    is_new = (random.random(case.units) < case.weight / 100)[rows.day]
    arms = _arm(rows, 0, ~is_new), _arm(rows, 1, is_new)
    return compared(rules, *arms, {arms[0].model: 100 - case.weight, arms[1].model: case.weight}, None)


def _gates(number: int) -> Gates:
    gates = parse(GATES["binary"])
    return replace(gates, slices=None, bootstrap=replace(gates.bootstrap, seed=number))


def _arm(rows: world.Rows, side: int, chosen: np.ndarray) -> Arm:
    scores = (rows.base, rows.head)[side][chosen]
    return Arm(list(WEIGHTS)[side], np.ones(len(scores), dtype=bool), rows.labels[chosen], scores, rows.day[chosen])


def _outcome(found: Comparison) -> LiveOutcome:
    return LiveOutcome(found.verdict, {metric.name: metric.low <= 0 <= metric.high for metric in found.metrics})
