"""Whether the traffic was shared as it should be: if not, the arms differ in more than their version."""

import numpy as np
from scipy.special import chdtrc, ndtr

from mlgitops.experiment.arm import Arm

ALARM = 0.001  # as usual for this check: it is made often (Fabijan et al. 2019)


def mismatch(units: list[int], weights: list[int]) -> float:
    """How likely units (arms,) are shared at least so unevenly by chance, given their weights: a χ² test."""
    found, expected = (np.array(each, dtype=float) for each in (units, weights))
    expected *= found.sum() / expected.sum()
    return float(chdtrc(len(found) - 1, ((found - expected) ** 2 / expected).sum()))


def feedback_differs(one: Arm, other: Arm) -> bool:
    """Whether the truth is known of another share of the predictions than chance explains; a unit's are not
    independent (the linearised variance of a ratio, Cochran 1977)."""
    if not (one.answers and other.answers):
        return False
    shares, variances = zip(*(_share(arm) for arm in (one, other)), strict=True)
    spread = np.sqrt(sum(variances))
    return bool(spread > 0 and 2 * ndtr(-abs(shares[0] - shares[1]) / spread) < ALARM)


def _share(arm: Arm) -> tuple[float, float]:
    """The share of an arm's predictions whose truth is known, and its variance."""
    share = arm.known.mean()
    return float(share), float((np.bincount(arm.units, arm.known - share) ** 2).sum() / arm.answers**2)
