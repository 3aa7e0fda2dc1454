"""What was measured on the test rows: metrics, slices, rows that changed sides, curves, and how all that was made."""

from typing import Annotated, Literal

from msgspec import Meta, field

from mlgitops.report.schema.types import Count, Direction, Facts, LabelsDigest, Name, Number, Share

MetricResult = Literal[
    "better", "within-margin", "worse", "inconclusive", "info", "removed", "not-finite", "no-baseline", "no-interval"
]
Points = Annotated[list[Number], Meta(min_length=2, max_length=25)]
Matrix = Annotated[list[Annotated[list[Count], Meta(min_length=2, max_length=20)]], Meta(min_length=2, max_length=20)]


class Metric(Facts, kw_only=True):
    """delta is head − base; low and high are its interval, head_low and head_high that of the head's own value.

    is_new: the base's gates did not have it. no-interval: the base's value is known, its predictions are not.
    """

    name: Name
    role: Literal["primary", "guardrail", "info"]
    direction: Direction
    base: Number | None = None
    head: Number | None = None
    delta: Number | None = None
    low: Number | None = None
    high: Number | None = None
    head_low: Number | None = None
    head_high: Number | None = None
    margin: Number | None = None
    floor: Number | None = None
    is_new: bool = False
    result: MetricResult

    def __post_init__(self) -> None:
        _complete(self)


class Slice(Facts, kw_only=True):
    """One value of one column; too-few: listed, never a gate. positives: None unless the task is binary."""

    column: Name
    value: Name
    metric: Name
    direction: Direction
    rows: Count
    positives: Count | None = None
    base: Number | None = None
    head: Number | None = None
    delta: Number | None = None
    low: Number | None = None
    high: Number | None = None
    margin: Number
    result: Literal["better", "within-margin", "worse", "inconclusive", "too-few", "not-finite"]

    def __post_init__(self) -> None:
        _complete(self)


class Rows(Facts, kw_only=True):
    """The test rows. comparison: were both models measured on the same ones, and how did that come about?

    same: the base's own predictions. rescored: the base's model on the head's rows, which differ from the base's.
    unchanged: the same file, nothing was computed. recorded: only the base's metrics are known. none: no baseline.
    different: not comparable.
    """

    comparison: Literal["same", "rescored", "unchanged", "recorded", "none", "different"]
    count: Count | None = None
    positives: Count | None = None
    identical: bool = False
    labels: LabelsDigest = ""
    only_base: Count = 0
    only_head: Count = 0
    relabelled: Count = 0


class Flips(Facts, kw_only=True):
    """Rows that the head gets right and the base does not, and the other way round.

    class: the predicted class became right or wrong; p: exact McNemar. error: the absolute error fell or rose;
    p: exact sign test.
    """

    kind: Literal["class", "error"] = "class"
    fixed: Count
    broken: Count
    p: Number


class Confusion(Facts, kw_only=True):
    """Counts of [actual][predicted] class for both models; threshold: of a binary task."""

    classes: Annotated[list[Name], Meta(min_length=2, max_length=20)]
    threshold: Number | None = None
    base: Matrix
    head: Matrix

    def __post_init__(self) -> None:
        size = len(self.classes)
        if any(len(side) != size or any(len(row) != size for row in side) for side in (self.base, self.head)):
            raise ValueError("a confusion matrix that is not square")


BINS = 10  # of equal width, of a reliability curve and of the calibration error


class Curve(Facts, kw_only=True):
    """A curve of each model at the same x.

    reliability: observed rate over mean predicted probability. precision-recall: precision over recall. roc: true
    over false positive rate. residuals: mean of prediction minus truth over the share of rows, sorted by prediction.
    """

    kind: Literal["reliability", "precision-recall", "roc", "residuals"]
    x: Points
    base: Points
    head: Points

    def __post_init__(self) -> None:
        if not len(self.x) == len(self.base) == len(self.head):
            raise ValueError("a curve whose sides differ in length")


class NoiseRange(Facts, kw_only=True):
    """head − base of a metric over trainings with paired seeds; better: the share of pairs that head wins."""

    name: Name
    direction: Direction
    low: Number
    middle: Number
    high: Number
    better: Share

    def __post_init__(self) -> None:
        if not self.low <= self.middle <= self.high:
            raise ValueError("a range that is not in order")


class Noise(Facts, kw_only=True):
    """Both sides trained again with other seeds: what chance in training does."""

    seeds: Count
    ranges: Annotated[list[NoiseRange], Meta(max_length=40)] = field(default_factory=list)


class Method(Facts, kw_only=True):
    """How the numbers were made; groups: how many were drawn whole."""

    draws: Count
    confidence: Annotated[float, Meta(gt=0, lt=1)]
    seed: Count
    group_by: Name | None = None
    groups: Count | None = None
    slices: Count = 0


def _complete(found: Metric | Slice) -> None:
    """A result that rests on a difference has one; intervals have two ends."""
    needed = (found.base, found.head, found.delta, found.low, found.high, found.margin)
    if found.result in ("better", "within-margin", "worse", "inconclusive") and None in needed:
        raise ValueError(f"{found.result} without base, head, delta, interval and margin")
    own = (getattr(found, "head_low", None), getattr(found, "head_high", None))
    for low, high in ((found.low, found.high), own):
        if (low is None) != (high is None) or (low is not None and low > high):
            raise ValueError("an interval without two ends in order")
