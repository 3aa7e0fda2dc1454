"""The area under the ROC curve of rows that are drawn by whole groups: a sum over pairs of groups."""

import numpy as np

from mlgitops.compare.draws import summed

Array = np.ndarray


class Concordance:
    """won, pairs: (groups, groups), of the positives of one group and the negatives of another those pairs that are in
    order, a tie being half of one, and all pairs."""

    def __init__(self, labels: Array, scores: Array, groups: Array) -> None:
        order = np.argsort(scores, kind="stable")
        labels, scores, groups = labels[order], scores[order], groups[order]
        size, positive = int(groups.max()) + 1, labels == 1
        self.won = np.empty((size, size))
        for group in range(size):
            negatives = scores[(groups == group) & ~positive]
            below = sum(np.searchsorted(negatives, scores[positive], side) for side in ("left", "right"))
            self.won[:, group] = np.bincount(groups[positive], weights=below / 2, minlength=size)
        sizes = (np.bincount(groups[chosen], minlength=size) for chosen in (positive, ~positive))
        self.pairs = np.outer(*sizes).astype(np.float64)

    def values(self, counts: Array) -> Array:
        """(draws,) of counts (draws, groups)."""
        won, pairs = (np.einsum("dg,dg->d", summed(counts, matrix), counts) for matrix in (self.won, self.pairs))
        return won / pairs
