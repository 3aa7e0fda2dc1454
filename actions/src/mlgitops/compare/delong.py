"""The area under two ROC curves of the same rows, and the standard error of their difference, without any draws."""

import numpy as np

Array = np.ndarray


def delong(labels: Array, base: Array, head: Array, groups: Array | None = None) -> tuple[float, float, float]:
    """(base's AUC, head's AUC, standard error of their difference), paired (DeLong et al. 1988; Sun and Xu 2014).

    groups: (rows,) codes from 0 of rows that are not independent; what each row contributes is summed up within them
    (Obuchowski 1997). Without groups, or where each row is one, that is DeLong's variance.
    """
    positive = labels == 1
    (base10, base01), (head10, head01) = (_placements(side[positive], side[~positive]) for side in (base, head))
    codes = np.arange(len(labels)) if groups is None else groups
    above, above_groups = _summed(head10 - base10, codes[positive], codes)
    below, below_groups = _summed(head01 - base01, codes[~positive], codes)
    variance = _spread(above, above, above_groups) + _spread(below, below, below_groups)
    variance += 2 * _spread(above, below, int(codes.max()) + 1)
    return float(base10.mean()), float(head10.mean()), float(np.sqrt(max(variance, 0.0)))


def _summed(differences: Array, own: Array, codes: Array) -> tuple[Array, int]:
    """What one class contributes, summed up within groups; and how many groups have rows of that class."""
    influence = (differences - differences.mean()) / len(differences)
    return np.bincount(own, influence, minlength=int(codes.max()) + 1), len(np.unique(own))


def _spread(one: Array, other: Array, groups: int) -> float:
    return float(one @ other) * groups / (groups - 1) if groups > 1 else np.nan


def _placements(positives: Array, negatives: Array) -> tuple[Array, Array]:
    """For each positive the share of negatives below it, for each negative that of positives above it; ties half."""
    return _below(negatives, positives), 1 - _below(positives, negatives)


def _below(these: Array, those: Array) -> Array:
    """For each of `those` the share of `these` that are smaller; equal ones count half."""
    ordered = np.sort(these)
    return (np.searchsorted(ordered, those, "left") + np.searchsorted(ordered, those, "right")) / (2 * len(these))
