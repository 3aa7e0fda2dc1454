"""Numbers as people read them: no digit that the interval does not support, and a true minus sign."""

import math

from mlgitops.report.schema import Metric, Slice

MINUS = "\u2212"


def places(half_width: float | None) -> int:
    """Decimals that show two significant digits of an interval's half-width."""
    if not half_width:
        return 4
    return min(6, max(0, 1 - math.floor(math.log10(half_width))))


def decimals(found: Metric | Slice) -> int:
    """The decimals of a metric's row: from the interval of the difference, else from that of the value."""
    if found.low is not None and found.high is not None:
        return places((found.high - found.low) / 2)
    low, high = getattr(found, "head_low", None), getattr(found, "head_high", None)
    return places((high - low) / 2 if low is not None and high is not None else None)


def value(number: float | None, digits: int) -> str:
    """1,234.5; an absent number is a dash."""
    return "–" if number is None else f"{number:,.{digits}f}".replace("-", MINUS)


def signed(number: float | None, digits: int) -> str:
    """+1.20; what rounds to zero has no sign."""
    if number is None:
        return "–"
    text = f"{number:+,.{digits}f}"
    return text.replace("-", MINUS) if any(digit in text for digit in "123456789") else text[1:]


def short(number: float | None) -> str:
    """A number that a person typed, as it was typed: 0.005, 20."""
    return "–" if number is None else f"{number:,.10g}".replace("-", MINUS)


def used(number: float | None) -> str:
    """What was spent, to three digits."""
    if number is None:
        return "–"
    if 0 < abs(number) < 0.001:
        return "under 0.001"
    return (f"{number:,.3g}" if abs(number) < 1000 else f"{number:,.0f}").replace("-", MINUS)


def share(number: float) -> str:
    """A share as people say it: 33.3 %."""
    return f"{number * 100:.1f} %"


def count(number: int) -> str:
    return f"{number:,}"


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:,.1f} kB"


def probability(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def difference(found: Metric | Slice) -> str:
    """+0.0187 (+0.0123 to +0.0251)."""
    digits = decimals(found)
    delta = signed(found.delta, digits)
    if found.low is None or found.high is None:
        return delta
    return f"{delta} ({signed(found.low, digits)} to {signed(found.high, digits)})"
