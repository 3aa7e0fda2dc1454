"""The difference between two versions on live traffic, and how sure it is.

Routes saw different units: two independent samples. Each is drawn again on its own, and the difference of the draws has
the interval (Efron and Tibshirani 1993, chapter 8). A shadow scored the rows that another version answered: both are
measured on the same draws. In either case whole units are drawn, because a unit's rows are alike and because the unit
is what was assigned (Davison and Hinkley 1997; Deng et al. 2018, on clusters in experiments). Classes are not kept
apart as on one test set: how many positives an arm met is chance, too.
"""

from pathlib import Path

import numpy as np
from msgspec.structs import asdict, replace

from mlgitops.compare import measure
from mlgitops.compare.bootstrap import FEW_GROUPS, resampled
from mlgitops.compare.draws import Draws
from mlgitops.compare.gates import Gates
from mlgitops.compare.intervals import estimates
from mlgitops.experiment.arm import Arm
from mlgitops.experiment.result import Measured

Array = np.ndarray
MOST_ROWS = 100_000  # drawn row by row in some seconds
Drawn = tuple[Array, Array, int]


def independent(gates: Gates, base: Arm, head: Arm, root: Path) -> list[Measured]:
    """Every metric of the gates, of two versions that answered different units; root: of the project.

    The calibration error is larger the fewer the rows, so that arms of different sizes can't be held to it.
    """
    gates = replace(gates, metrics={n: replace(g, role="info") if n == "ece" else g for n, g in gates.metrics.items()})
    parts = [_drawn(gates, arm, [arm.scores], place, root) for place, arm in enumerate((base, head))]
    values, drawn = (np.concatenate([part[which] for part in parts], axis=-2) for which in (0, 1))
    return _measured(gates, (values, drawn, min(units for _, _, units in parts)))


def paired(gates: Gates, base: Arm, head: Arm, root: Path) -> list[Measured]:
    """The same, of two versions that scored the same rows."""
    return _measured(gates, _drawn(gates, base, [base.scores, head.scores], 0, root))


def codes(arm: Arm, seed: int) -> Array | None:
    """(rows,): what is drawn whole, codes from 0; None where each row is a unit of its own.

    Of very many rows their units are dealt out to random groups, whose spread says the same (Wolter 2007, chapter 2);
    intervals know that these are few.
    """
    units = arm.clusters
    count = int(units.max()) + 1
    if arm.rows > MOST_ROWS and count > FEW_GROUPS:
        return (np.random.default_rng(seed).permutation(count) % FEW_GROUPS)[units]
    return None if count == arm.rows else units


def _drawn(gates: Gates, arm: Arm, sides: list[Array], place: int, root: Path) -> Drawn:
    """(models, metrics), (draws, models, metrics), units; place: of the arm, which has draws of its own."""
    how, metrics = gates.bootstrap, measure.measures(gates, root)
    seed = int(np.random.SeedSequence([how.seed, place]).generate_state(1)[0])
    draws = Draws(how.draws, seed, [arm.rows], codes(arm, seed))
    return *resampled(metrics, arm.labels, sides, draws, gates.options), draws.units


def _measured(gates: Gates, found: Drawn) -> list[Measured]:
    values, drawn, units = found
    gated = [gate.role != "info" for gate in gates.metrics.values()]
    how = gates.bootstrap.confidence
    forth = estimates(values, drawn, how, units, gated)
    back = estimates(values[::-1], drawn[:, ::-1], how, units, gated)  # whose head is our base
    return [
        Measured(
            **asdict(replace(measure.held(gates, name, one), floor=None)),
            base_low=other.head_low,
            base_high=other.head_high,
        )
        for name, one, other in zip(gates.metrics, forth, back, strict=True)
    ]
