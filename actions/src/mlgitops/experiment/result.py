"""What an experiment found, for people and for programs."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from mlgitops.report.schema import Metric

Verdict = Literal["better", "no-worse", "worse", "not-sure", "not-comparable"]
EXIT_CODES = {"better": 0, "no-worse": 0, "worse": 1, "not-sure": 2, "not-comparable": 2}


class Measured(Metric, kw_only=True, frozen=True):
    """A metric of two versions; base_low and base_high: the interval of the base's own value."""

    base_low: float | None = None
    base_high: float | None = None


class Version(Struct, kw_only=True, frozen=True):
    """weight: percent of the traffic; None of a shadow. rows: predictions whose truth is known."""

    model: str
    weight: int | None
    predictions: int
    rows: int
    units: int

    @property
    def feedback(self) -> float:
        """The share of its predictions whose truth is known."""
        return self.rows / self.predictions if self.predictions else 0.0


class More(Struct, frozen=True):
    """What is missing until it can be told, in both versions together; days: at the present rate, if that is known."""

    rows: int
    units: int
    days: float | None = None


class Comparison(Struct, kw_only=True, frozen=True):
    """head against base. paired: a shadow, on the rows that base answered. mismatch: how likely units are shared so
    unevenly by chance; None where nothing was shared."""

    base: Version
    head: Version
    paired: bool
    metrics: list[Measured] = []
    mismatch: float | None = None
    verdict: Verdict
    why: str
    warnings: list[str] = []
    more: More | None = None


class Experiment(Struct, kw_only=True, frozen=True):
    """since: the traffic is shared as it is now; until: of the newest prediction. mixed: units left out because they
    met several versions. skipped: files of the log that can't be read."""

    environment: str
    endpoint: str
    since: datetime
    until: datetime
    confidence: float
    draws: int
    comparisons: list[Comparison]
    mixed: int = 0
    skipped: int = 0

    @property
    def exit_code(self) -> int:
        """0: every version is better or no worse. 1: one is worse. 2: it can't be told yet."""
        codes = {EXIT_CODES[each.verdict] for each in self.comparisons}
        return 1 if 1 in codes else max(codes)
