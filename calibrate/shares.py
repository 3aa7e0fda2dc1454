"""Shares of outcomes, and whether they are what was aimed at."""

from collections.abc import Callable
from dataclasses import dataclass

from scipy.stats import binomtest

from calibrate.cases import COVERAGE

GATED = ("roc_auc", "log_loss", "brier", "rmse", "mae")


@dataclass(frozen=True)
class Aim:
    what: str
    measured: str
    is_met: bool


def aim(what: str, outcomes: list, holds: Callable, is_enough: Callable) -> Aim:
    return Aim(what, share(outcomes, holds), is_enough(sum(map(holds, outcomes)) / len(outcomes)))


def coverage_aim(what: str, outcomes: list) -> Aim:
    names = [name for name in outcomes[0].covers if name in GATED]
    shares = [sum(outcome.covers[name] for outcome in outcomes) / len(outcomes) for name in names]
    measured = ", ".join(f"`{name}` {share * 100:.1f}" for name, share in zip(names, shares, strict=True))
    return Aim(what, measured, all(COVERAGE[0] <= share <= COVERAGE[1] for share in shares))


def share(outcomes: list, holds: Callable[..., bool]) -> str:
    """In percent, with its interval."""
    count = sum(map(holds, outcomes))
    interval = binomtest(count, len(outcomes)).proportion_ci()
    return f"{100 * count / len(outcomes):.1f} ({100 * interval.low:.1f}–{100 * interval.high:.1f})"
