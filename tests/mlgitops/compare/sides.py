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


def clustered(random: np.random.Generator, groups: int, size: int):
    """Labels, scores of two models, and groups whose rows share luck: in the label, and in what either model sees."""
    codes = np.repeat(np.arange(groups), size)
    labels = (random.random(groups * size) < 1 / (1 + np.exp(-random.normal(size=groups)))[codes]).astype(float)
    base, head = (labels + random.normal(size=len(codes)) + 1.5 * random.normal(size=groups)[codes] for _ in range(2))
    return labels, base, head, codes
