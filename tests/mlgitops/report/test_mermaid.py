"""The text of a chart: numbers that Mermaid reads, axes that hold every value, names that end nothing."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgitops.report.mermaid import BLUE, GREY, RED, Chart, decimal, quoted, scale
from tests.mlgitops.report.expected import CHART

NUMBERS = st.floats(-1e15, 1e15) | st.floats(-1, 1)
RATES, NONE = (0.0, 1.0), (-math.inf, math.inf)
NAMES = [
    "roc_auc",
    'a"b',
    "x\ny",
    "a;b",
    "%%{init: {}}%%",
    "</svg><script>",
    "]\n line [1]",
    "`$x$`",
    "#quot;",
    "\u202e",
]


def content(chart: Chart) -> str:
    return re.fullmatch(r"```mermaid\n(.*)```", str(chart), re.DOTALL)[1]


def test_a_chart_names_its_colours_in_the_order_of_its_lines():
    text = content(Chart(title="T", x="x", labels=["1", "2"], y="y", lines={GREY: [0.0, 1.0], RED: [0.5, 0.25]}))
    assert f'"plotColorPalette": "{GREY}, {RED}"' in text
    assert text.endswith('    y-axis "y" -0.1 --> 1.1\n    line [0, 1]\n    line [0.5, 0.25]\n')


@pytest.mark.parametrize(
    ("values", "bounds", "span", "expected"),
    [
        ([0.1, 0.9], RATES, 0.0, (0.02, 0.98)),
        ([0.0, 1.0], RATES, 0.0, (0, 1)),
        ([-0.5, 1.0], RATES, 0.0, (-0.5, 1)),
        ([0.755, 0.757], NONE, 0.0, (0.7537, 0.7583)),
        ([0.755, 0.757], NONE, 0.02, (0.744, 0.768)),
        ([0.7, 0.8], NONE, 0.02, (0.69, 0.81)),
        ([1.0, 1.0], RATES, 0.0, (0.997, 1)),
        ([0.0, 0.0], RATES, 0.0, (0, 6e-10)),
        ([-3.0, -3.0], NONE, 0.0, (-3.009, -2.991)),
        ([1e15, -1e15], NONE, 0.0, (-1.2e15, 1.2e15)),
        ([1e15, 1e15], NONE, 0.0, (0.997e15, 1.003e15)),
        ([5e-324], NONE, 0.0, (-6e-10, 6e-10)),
    ],
)
def test_an_axis_ends_a_little_beyond_the_values(values, bounds, span, expected):
    assert scale(values, bounds, span)[:2] == pytest.approx(expected)


@given(st.lists(NUMBERS, min_size=1, max_size=25), st.sampled_from([NONE, RATES]), st.floats(0, 2e15))
def test_an_axis_holds_every_value_and_never_ends_where_it_starts(values, bounds, span):
    low, high, places = scale(values, bounds, span)
    start, end = float(decimal(low, places)), float(decimal(high, places))
    assert start < end
    assert all(start <= float(decimal(value, places)) <= end for value in values)


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [(0.5, 4, "0.5"), (100.0, 0, "100"), (1e15, 0, "1000000000000000"), (1e-7, 9, "0.0000001"), (-2.50, 2, "-2.5")],
)
def test_a_number_has_no_exponent(number, places, text):
    assert decimal(number, places) == text


@pytest.mark.parametrize("name", NAMES)
def test_a_name_ends_nothing(name):
    assert re.fullmatch(r'"[\w .:+/=()-]{1,40}"', quoted(name))
    chart = Chart(title=name, x=name, labels=["a", "b"], y=name, lines={BLUE: [1.0, 2.0], RED: [1.0, 2.0]})
    assert CHART.fullmatch(content(chart))


def test_a_name_without_a_letter_has_one_all_the_same():
    assert quoted("%%") == '"value"' and quoted("x" * 100) == f'"{"x" * 39}…"'


def test_many_labels_are_small():
    sizes = []
    for labels in (["0.1", "0.2"], [f"{n:07}" for n in range(12)], [f"{n:05}" for n in range(21)]):
        text = str(Chart(title="T", x="x", labels=labels, y="y", lines={BLUE: [0.0] * len(labels)}))
        sizes.append(int(re.search(r'"labelFontSize": (\d+)', text)[1]))
    assert sizes == [14, 13, 11]
