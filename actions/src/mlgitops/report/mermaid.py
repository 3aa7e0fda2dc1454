"""The text of a line chart that Mermaid 10.9 and 11 draw alike.

The x axis is a row of labels: 10.9 takes a wrong step along an axis of numbers and loses points on the way.
"""

import json
import math
import re
from dataclasses import dataclass

from mlgitops.report.escape import clean

GREY, BLUE, RED = "#7d8590", "#1f75d6", "#d1373f"  # told apart on white and on black
WIDTH, HEIGHT = 800, 380  # pixels
PLOT = 720  # of the width, without the y axis
LABEL = 0.62  # width of a character, in its height
DECIMALS = 12
FORBIDDEN = re.compile(r"[^\w .:+/=()-]")
LONGEST = 40


@dataclass(frozen=True, kw_only=True)
class Chart:
    """labels: one for each point, no two alike. lines: values by colour, drawn in this order. bounds: where the y
    axis ends, unless a value is beyond. span: what it shows at least, so that a small change looks small."""

    title: str
    x: str
    labels: list[str]
    y: str
    lines: dict[str, list[float]]
    bounds: tuple[float, float] = (-math.inf, math.inf)
    span: float = 0.0

    def __str__(self) -> str:
        """A fenced block."""
        low, high, places = scale([value for line in self.lines.values() for value in line], self.bounds, self.span)
        lines = ([decimal(value, places) for value in line] for line in self.lines.values())
        return "\n".join(
            [
                "```mermaid",
                f"%%{{init: {json.dumps(self._settings())}}}%%",
                "xychart-beta",
                f"    title {quoted(self.title)}",
                f"    x-axis {quoted(self.x)} [{', '.join(map(quoted, self.labels))}]",
                f"    y-axis {quoted(self.y)} {decimal(low, places)} --> {decimal(high, places)}",
                *(f"    line [{', '.join(line)}]" for line in lines),
                "```",
            ]
        )

    def _settings(self) -> dict:
        """Size and colours; the labels are as large as there is room for."""
        room = PLOT / len(self.labels) / max(map(len, self.labels))
        size = min(14, max(8, int(room / LABEL)))
        return {
            "xyChart": {"width": WIDTH, "height": HEIGHT, "xAxis": {"labelFontSize": size}},
            "themeVariables": {"xyChart": {"plotColorPalette": ", ".join(self.lines)}},
        }


def quoted(text: str) -> str:
    """Letters, digits and harmless signs in quotes: nothing that ends a string, a block or a comment, or is markup."""
    return f'"{clean(FORBIDDEN.sub(" ", text), LONGEST) or "value"}"'


def decimal(number: float, places: int) -> str:
    """A number as Mermaid reads it: without an exponent."""
    return f"{number:.{places}f}".rstrip("0").rstrip(".") if places else f"{number:.0f}"


def scale(values: list[float], bounds: tuple[float, float], span: float = 0.0) -> tuple[float, float, int]:
    """The ends of an axis around values, and the decimals that show them; the ends always differ.

    An end beyond a bound is set there, unless a value is beyond, too.
    """
    low, high = min(values), max(values)
    spread = max(high - low, span, max(abs(low), abs(high)) / 200, 10.0 ** (3 - DECIMALS))
    step = 10.0 ** (math.floor(math.log10(spread)) - 1)
    reach = max(0.0, spread - (high - low)) / 2 + spread / 10
    start, end = math.floor((low - reach) / step) * step, math.ceil((high + reach) / step) * step
    places = min(DECIMALS, max(0, 3 - math.floor(math.log10(spread))))
    return max(start, min(low, bounds[0])), min(end, max(high, bounds[1])), places
