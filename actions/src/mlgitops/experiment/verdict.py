"""From the metrics of two versions to one verdict, by the rules of a pull request's gates."""

from mlgitops.compare.verdict import FAILS
from mlgitops.experiment.result import Measured, Verdict
from mlgitops.report import numbers
from mlgitops.report.sentences.vocabulary import code, gain, loss


def of(metrics: list[Measured], confidence: float) -> tuple[Verdict, str]:
    """The verdict and its reason; metrics for information have no part in it."""
    gated = [metric for metric in metrics if metric.role != "info"]
    if worse := [metric for metric in gated if metric.result == "worse"]:
        return "worse", "; ".join(loss(metric, confidence) for metric in worse)
    if doubtful := [metric for metric in gated if metric.result in (*FAILS, "inconclusive")]:
        return "not-sure", "; ".join(map(_doubt, doubtful))
    better = [metric for metric in gated if metric.result == "better"]
    said = "; ".join(gain(metric, confidence) for metric in better) or "No loss beyond the margins"
    return ("better" if any(metric.role == "primary" for metric in better) else "no-worse"), said


def _doubt(metric: Measured) -> str:
    if metric.result == "not-finite":
        return f"{code(metric.name)} is not a finite number"
    return f"{code(metric.name)} may be worse: {numbers.difference(metric)}, allowed {numbers.short(metric.margin)}"
