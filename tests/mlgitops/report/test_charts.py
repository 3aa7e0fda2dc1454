"""The section of charts: which are drawn, what they say, when there are none."""

import re

import pytest
from msgspec.structs import replace

from mlgitops.report.schema import Curve, Merge, Rows
from mlgitops.report.sections.charts import charts
from mlgitops.report.sections.layout import Detail
from tests.mlgitops.report.charted import (
    AREAS,
    PRECISION,
    RELIABILITY,
    RESIDUALS,
    ROC,
    charted,
    history,
    metric,
)

WHOLE = Detail()


def drawn(report) -> list[str]:
    return re.findall(r'    title "(.*)"', charts(report, WHOLE))


def test_two_curves_and_the_history_are_folded_under_their_names():
    text = charts(charted(RELIABILITY, PRECISION, merges=history(AREAS)), WHOLE)
    assert text.startswith("<details><summary><b>Charts</b>: reliability, precision at each recall, history</summary>")
    assert text.count("```mermaid") == 3 and text.endswith("</details>")


def test_the_ideal_of_a_reliability_chart_is_its_x_and_the_caption_has_the_error():
    text = charts(charted(RELIABILITY), WHOLE)
    assert "line [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95]" in text
    assert "Grey = as predicted, blue = `main` (ECE 0.044), red = `larger-trees` (ECE 0.064)." in text
    assert "(ECE" not in charts(charted(RELIABILITY, metrics=[]), WHOLE)


def test_each_kind_says_what_to_look_for():
    assert "Blue = `main`, red = `larger-trees`. Higher is better." in charts(charted(PRECISION), WHOLE)
    assert "Grey = chance" in charts(charted(ROC), WHOLE)
    residuals = charts(charted(RESIDUALS), WHOLE)
    assert "Grey = no bias" in residuals and "line [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]" in residuals


def test_the_history_ends_with_the_pull_request_and_shows_its_level():
    text = charts(charted(merges=history(AREAS[-2:])), WHOLE)
    assert re.search(r'\["[0-9a-f]{7}", "[0-9a-f]{7}", "PR"\]', text)
    assert "line [0.7538, 0.7544, 0.7571]" in text and "line [0.7571, 0.7571, 0.7571]" in text
    assert text.endswith("Higher is better. The floor, 0.65, is outside of the chart.\n\n</details>")


def test_a_floor_is_drawn_where_it_is_near():
    text = charts(charted(merges=history(AREAS), floor=0.74), WHOLE)
    assert "Grey = the floor, 0.74; blue" in text and f"line [{', '.join(['0.74'] * 11)}]" in text
    assert "floor" not in charts(charted(merges=history(AREAS), floor=None), WHOLE)


def test_a_change_within_the_interval_does_not_look_steep():
    wide = metric("roc_auc", "higher", 0.7528, 0.7504, "primary", low=-0.012, high=0.008)
    assert 'y-axis "roc_auc" 0.739 --> 0.764' in charts(charted(merges=history([0.7528]), metrics=[wide]), WHOLE)


def test_many_merges_have_shorter_names():
    assert re.search(r'\[("[0-9a-f]{5}", ){20}"PR"\]', charts(charted(merges=history(AREAS * 2)), WHOLE))


def test_merges_that_never_changed_the_metric_are_a_line():
    assert "line [0.7571, 0.7571]" in charts(charted(merges=history([0.7571])), WHOLE)


@pytest.mark.parametrize("values", [[-0.4, -0.2], [1e-9, 2e-9], [1e14, 2e14], [0.0, 0.0]])
def test_values_of_any_size_are_drawn(values):
    primary = metric("loss", "lower", values[0], values[1], "primary")
    assert drawn(charted(merges=history(values), metrics=[primary])) == ["History"]


def test_points_that_can_not_be_told_apart_are_no_curve():
    same = Curve(kind="roc", x=[0.5, 0.5], base=[0.1, 0.2], head=[0.1, 0.2])
    assert charts(charted(same), WHOLE) == ""


def test_two_points_are_a_curve_and_close_ones_have_more_decimals():
    close = Curve(kind="roc", x=[0.0001, 0.0002], base=[0.1, 0.2], head=[0.1, 0.2])
    assert '["0.0001", "0.0002"]' in charts(charted(close), WHOLE)


@pytest.mark.parametrize("comparison", ["none", "different", "recorded"])
def test_without_a_comparison_there_is_the_history_alone(comparison):
    report = charted(RELIABILITY, merges=history(AREAS), rows=Rows(comparison=comparison, count=10))
    assert drawn(report) == ["History"]


def test_nothing_is_drawn_of_nothing():
    report = charted(RELIABILITY, merges=history(AREAS))
    assert charts(report, Detail(charts=False)) == ""
    assert charts(replace(report, rows=Rows(comparison="same", count=10, identical=True)), WHOLE) == ""
    assert charts(charted(), WHOLE) == ""
    assert charts(charted(merges=[Merge(commit="", value=0.7)]), WHOLE) == ""
    assert charts(charted(merges=history(AREAS), metrics=[]), WHOLE) == ""
