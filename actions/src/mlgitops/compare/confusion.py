"""Which class is taken for which, by both models."""

import numpy as np

from mlgitops.compare.predictions import Alignment
from mlgitops.report.schema import Confusion, clipped

MOST = 20  # classes in the report: of more, the most frequent ones and the rest together
OTHER = "other"


def confusion(alignment: Alignment, threshold: float) -> Confusion:
    """Counts of [actual][predicted]; the threshold is that of a binary task."""
    names, codes = _shown(alignment)
    labels = codes[alignment.head.labels.astype(np.int64)]

    def counts(predicted: np.ndarray) -> list[list[int]]:
        size = len(names)
        return np.bincount(size * labels + codes[predicted], minlength=size**2).reshape(size, size).tolist()

    return Confusion(
        classes=[clipped(name) for name in names],
        threshold=threshold if alignment.head.classes is None else None,
        base=counts(alignment.base.decided(threshold)),
        head=counts(alignment.head.decided(threshold)),
    )


def _shown(alignment: Alignment) -> tuple[list[str], np.ndarray]:
    """The names of the classes to show, and the place of each class among them."""
    names = alignment.head.names
    if len(names) <= MOST:
        return names, np.arange(len(names))
    rows = np.bincount(alignment.head.labels, minlength=len(names))
    frequent = np.sort(np.argsort(-rows, kind="stable")[: MOST - 1])
    codes = np.full(len(names), MOST - 1)
    codes[frequent] = np.arange(MOST - 1)
    return [*(names[code] for code in frequent), OTHER], codes
