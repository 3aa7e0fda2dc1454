"""The area under the ROC curve of groups that are drawn whole: a sum over pairs of groups, whatever their rows."""

import numpy as np

Array = np.ndarray


class Concordance:
    """won: (groups, groups), the pairs of a positive of one group and a negative of another that are in order; a tie
    is half of one. pairs: (groups, groups), all such pairs."""

    def __init__(self, labels: Array, scores: Array, groups: Array) -> None:
        members = np.arange(groups.max() + 1)
        (positives, of_positives), (negatives, of_negatives) = (
            _sorted(scores, groups, labels == label) for label in (1, 0)
        )
        negative = of_negatives[:, None] == members
        before = np.concatenate([np.zeros_like(members)[None], np.cumsum(negative, axis=0)])
        positive = np.argsort(of_positives, kind="stable")
        below = sum(before[np.searchsorted(negatives, positives[positive], side)] for side in ("left", "right"))
        ends = np.searchsorted(of_positives[positive], members, "right")
        totals = np.concatenate([np.zeros_like(members)[None], np.cumsum(below, axis=0)])[ends]
        self.won = np.diff(totals, axis=0, prepend=0) / 2
        self.pairs = np.outer(np.diff(ends, prepend=0), before[-1]).astype(float)

    def values(self, counts: Array) -> Array:
        """(draws,) of counts (draws, groups)."""
        won, pairs = (np.einsum("dg,dg->d", counts @ matrix, counts) for matrix in (self.won, self.pairs))
        return won / pairs


def _sorted(scores: Array, groups: Array, chosen: Array) -> tuple[Array, Array]:
    order = np.argsort(scores[chosen], kind="stable")
    return scores[chosen][order], groups[chosen][order]
