"""What the report advises, from its facts."""

from msgspec.structs import replace

from mlgitops.report.schema import Curve, Method, Metric, Report
from mlgitops.report.sentences.advice import next_step

BINS = [0.05 + step / 10 for step in range(10)]


def worse(name: str) -> Metric:
    numbers = {"base": 0.2, "head": 0.3, "delta": 0.1, "low": 0.05, "high": 0.15, "margin": 0.01}
    return Metric(name=name, role="guardrail", direction="lower", result="worse", **numbers)


def report(metrics: list[str], observed: list[float]) -> Report:
    curve = Curve(kind="reliability", x=BINS, base=BINS, head=observed)
    method = Method(draws=2000, confidence=0.95, seed=0)
    return Report(verdict="do-not-merge", metrics=[worse(name) for name in metrics], curves=[curve], method=method)


HIGH = [x - 0.1 if 0.2 < x < 0.5 else x for x in BINS]


def test_probabilities_that_are_off_are_named_with_their_range():
    step = next_step(report(["log_loss", "brier"], HIGH))
    assert step.startswith("recalibrate (predictions of 0.2 to 0.5 are too high, see the reliability chart), or raise")


def test_too_low_is_told_from_too_high():
    assert "too low" in next_step(report(["brier"], [x + 0.05 for x in BINS]))


def test_a_worse_order_is_no_matter_of_calibration():
    assert next_step(report(["roc_auc", "log_loss"], HIGH)).startswith("improve `roc_auc` and `log_loss`")


def test_without_a_bin_that_moved_there_is_nothing_to_recalibrate():
    assert next_step(report(["log_loss"], BINS)).startswith("improve")
    assert next_step(replace(report(["log_loss"], HIGH), curves=[])).startswith("improve")
