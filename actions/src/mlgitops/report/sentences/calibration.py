"""When only the probabilities got worse, not their order: which of them are off, and in what direction."""

from itertools import groupby
from math import ceil, floor

from mlgitops.report.schema import Curve, Report
from mlgitops.report.schema.measures import BINS
from mlgitops.report.sentences.vocabulary import with_results

OF_PROBABILITIES = ("log_loss", "brier", "ece")
SHIFT = 0.02  # of the observed rate, from which on a bin counts as having moved away from the diagonal


def off_calibration(report: Report) -> str:
    """Recalibrate, and where; empty where something else got worse, too, or no bin shows it."""
    worse = [metric.name for metric in with_results(report, "worse")]
    curve = next((curve for curve in report.curves if curve.kind == "reliability"), None)
    if curve is None or not all(name in OF_PROBABILITIES for name in worse):
        return ""
    run = _longest(curve)
    if not run:
        return ""
    word = "high" if _drift(curve, run[0]) > 0 else "low"
    low, high = floor(curve.x[run[0]] * BINS) / BINS, ceil(curve.x[run[-1]] * BINS) / BINS
    return f"recalibrate (predictions of {low:g} to {high:g} are too {word}, see the reliability chart)"


def _drift(curve: Curve, place: int) -> float:
    """How much further than the base's the head's observed rate lies from the prediction; positive: below it."""
    head, base = (curve.x[place] - side[place] for side in (curve.head, curve.base))
    moved = abs(head) - abs(base)
    return 0.0 if moved < SHIFT else moved if head > 0 else -moved


def _longest(curve: Curve) -> list[int]:
    """The longest run of bins that moved to one side."""
    places = range(len(curve.x))
    runs = [list(run) for drifts, run in groupby(places, lambda n: _sign(_drift(curve, n))) if drifts]
    return max(runs, key=len, default=[])


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)
