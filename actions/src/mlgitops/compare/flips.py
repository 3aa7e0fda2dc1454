"""Rows put right and rows put wrong: under no change, either is as likely as the other."""

import numpy as np
from scipy.special import bdtr

from mlgitops.compare.predictions import Alignment
from mlgitops.report.schema import Flips


def flips(alignment: Alignment, threshold: float, task: str) -> Flips:
    """Of the predicted classes by exact McNemar (1947); of the absolute errors by the exact sign test, ties left out.

    They are the same test: of `fixed` among those that changed, two-sided, binomial with ½.
    """
    base, head = alignment.base, alignment.head
    if task == "regression":
        kind, was, now = "error", -np.abs(base.scores - base.labels), -np.abs(head.scores - head.labels)
    else:
        kind, was, now = "class", *(side.decided(threshold) == side.labels for side in (base, head))
    fixed, broken = int((now > was).sum()), int((now < was).sum())
    p = min(1.0, 2 * float(bdtr(min(fixed, broken), fixed + broken, 0.5)))
    return Flips(kind=kind, fixed=fixed, broken=broken, p=p)
