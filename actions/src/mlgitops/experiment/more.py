"""How many more rows it takes: intervals narrow with the square root of their number."""

import math

from mlgitops.compare.slices import FEWEST
from mlgitops.experiment.arm import Arm
from mlgitops.experiment.result import Measured, More

ROWS, OF_A_CLASS, UNITS = 60, 30, FEWEST  # of each arm, before anything is measured: as of a slice of the gates
DAY = 86_400.0  # seconds
SHORTEST = 3_600.0  # seconds that tell a rate


def growth(arm: Arm, task: str) -> float:
    """How many times as many rows an arm needs before anything is measured; at most 1 where there are enough."""
    positives = int((arm.labels == 1).sum())
    classes = [(positives, OF_A_CLASS), (arm.rows - positives, OF_A_CLASS)] if task == "binary" else []
    units = len(set(arm.clusters.tolist()))
    return max(least / have if have else math.inf for have, least in [(arm.rows, ROWS), (units, UNITS), *classes])


def missing(metrics: list[Measured]) -> float:
    """How many times as many rows tell more of each metric in doubt; infinite where that can't be said.

    An interval that is as wide as the margin to either side passes a version that is no worse; from half of that on,
    every difference is decided.
    """
    return max((_factor(m) for m in metrics if m.role != "info"), default=math.inf)


def at_rate(factor: float, rows: int, units: int, seconds: float) -> More | None:
    """What is missing of `factor` times the rows that came in so many seconds."""
    if not math.isfinite(factor):
        return None
    days = (factor - 1) * seconds / DAY if seconds >= SHORTEST else None
    return More(rows=math.ceil((factor - 1) * rows), units=math.ceil((factor - 1) * units), days=days)


def _factor(metric: Measured) -> float:
    if metric.result == "not-finite":
        return math.inf
    if metric.result != "inconclusive":
        return 1.0
    half = (metric.high - metric.low) / 2
    wanted = next((width for width in (metric.margin, metric.margin / 2) if 0 < width < half), None)
    return (half / wanted) ** 2 if wanted else math.inf
