"""Predictions of two models on the same rows, made in memory."""

import numpy as np
import pyarrow as pa

from mlgitops.compare.predictions import Alignment, Predictions, align


def aligned(labels, base, head, classes: list | None = None, **columns) -> Alignment:
    """labels: numbers, or codes of the classes; base, head: (rows,) or (rows, classes); columns: for slices, groups."""
    ids = pa.array([f"{n:07d}" for n in range(len(labels))])
    labels = np.asarray(labels, dtype=np.float64 if classes is None else np.int64)
    named = None if classes is None else np.array(classes)
    sides = (Predictions(ids, labels, np.asarray(side, dtype=float), pa.table(columns), named) for side in (base, head))
    return align(*sides)
