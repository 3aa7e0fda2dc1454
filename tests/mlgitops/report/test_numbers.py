"""Digits, signs and the plot of intervals."""

import pytest
from msgspec.structs import replace

from mlgitops.report import numbers
from mlgitops.report.forest import plot
from mlgitops.report.schema import Metric


def metric(delta: float, low: float, high: float, direction: str = "higher", name: str = "roc_auc") -> Metric:
    return Metric(
        name=name, role="primary", direction=direction, result="worse",
        base=0.9351, head=0.9351 + delta, delta=delta, low=low, high=high, margin=0.005,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("half_width", "places"), [(0.0072, 4), (0.0064, 4), (0.072, 3), (0.72, 2), (7.2, 1), (72.0, 0), (7e-9, 6), (0, 4)]
)
def test_an_interval_supports_two_digits_of_its_half_width(half_width, places):
    assert numbers.places(half_width) == places


def test_differences_have_a_sign_and_a_true_minus():
    assert numbers.difference(metric(-0.0027, -0.0085, 0.0036)) == "−0.0027 (−0.0085 to +0.0036)"
    assert numbers.value(1234.5, 1) == "1,234.5" and numbers.value(None, 1) == "–"
    assert numbers.short(0.005) == "0.005" and numbers.short(20.0) == "20"


def test_the_plot_turns_every_metric_so_that_right_is_better():
    lines = plot([metric(0.003, 0.001, 0.005), metric(-0.003, -0.005, -0.001, "lower", "log_loss")])
    assert lines[1].split("  ", 1)[1].strip() == lines[2].split("  ", 1)[1].strip()
    assert lines[1].index("│") < lines[1].index("├") < lines[1].index("●") < lines[1].index("┤")


def test_the_plot_holds_the_smallest_numbers_and_no_margin_below_zero():
    assert "●" in plot([metric(0.0, -5e-324, 5e-324)])[1]
    assert plot([replace(metric(0.0, -1.0, 1.0), margin=-1e15)]) == []


def test_the_plot_marks_what_does_not_fit():
    assert "◄" in plot([metric(-5.0, -6.0, -4.0), metric(0.0, -0.001, 0.001)])[1]
    assert plot([Metric(name="f1", role="info", direction="higher", result="info", head=0.5)]) == []
