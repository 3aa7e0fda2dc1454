"""The part of docs/calibration.md about experiments on live traffic."""

from calibrate.cases import COVERAGE, MOST_FALSE
from calibrate.live import Live, LiveOutcome
from calibrate.shares import Aim, aim, coverage_aim, share

EXPERIMENTS = 500  # of each case
EQUAL = [Live(4_000, 800), Live(20_000, 2_000, weight=50), Live(10_000, 1_000, weight=0)]
LOSSES = [Live(20_000, 2_000, weight=50, is_loss=True), Live(10_000, 1_000, weight=0, is_loss=True)]
LOOKED = Live(4_000, 800, weight=50, looks=14)
ALL = [*EQUAL, *LOSSES, LOOKED]

Found = dict[Live, list[LiveOutcome]]
SECTION = """\
## Two versions on live traffic

{experiments:,} experiments of each kind, of the same simulated models, by the code of `mlgitops experiment`. A unit has
five to ten rows, which are alike: 30 % of the signal's variance and 15 % of each model's own noise are the unit's. Two
versions that share the traffic answer different units; a shadow scores the rows that another answered. The last three
columns: how often the interval of a metric held the truth.

| Equally good versions | Worse: false | Better | No worse | Not sure | `roc_auc` | `log_loss` | `brier` |
|:--|--:|--:|--:|--:|--:|--:|--:|
{equal}

| A version that is worse by two margins | Worse: caught | Not sure | Better or no worse: missed |
|:--|--:|--:|--:|
{losses}

How to read it: versions that share the traffic need many more rows than a shadow does to tell the same. The line with
{looks} looks is what becomes of equally good versions when somebody looks {looks} times as the rows come in, and acts
on the first verdict: each look is one more chance of a false alarm. A ramp looks once a day, and a person merges.
"""


def section(found: Found) -> str:
    return SECTION.format(
        experiments=EXPERIMENTS,
        looks=LOOKED.looks,
        equal="\n".join(_equal(case, found[case]) for case in [*EQUAL, LOOKED]),
        losses="\n".join(_loss(case, found[case]) for case in LOSSES),
    )


def aims(found: Found) -> list[Aim]:
    """What the figures must be, and are."""
    return [
        *(
            aim(
                f"Equally good versions, {case.title}: at most {MOST_FALSE * 100:.0f} % worse",
                found[case],
                lambda outcome: outcome.verdict == "worse",
                lambda share: share <= MOST_FALSE,
            )
            for case in EQUAL
        ),
        *(
            coverage_aim(
                f"Coverage, {case.title}: {COVERAGE[0] * 100:.0f} % to {COVERAGE[1] * 100:.0f} % for each gated metric",
                found[case],
            )
            for case in EQUAL
        ),
    ]


def _equal(case: Live, outcomes: list[LiveOutcome]) -> str:
    verdicts = [_verdicts(outcomes, verdict) for verdict in ("worse", "better", "no-worse", "not-sure")]
    names = ("roc_auc", "log_loss", "brier")
    held = [share(outcomes, lambda o, name=name: o.covers.get(name, True)) if case.looks == 1 else "" for name in names]
    return f"| {case.title} | " + " | ".join([*verdicts, *held]) + " |"


def _loss(case: Live, outcomes: list[LiveOutcome]) -> str:
    cells = [_verdicts(outcomes, *verdicts) for verdicts in (["worse"], ["not-sure"], ["better", "no-worse"])]
    return f"| {case.title} | " + " | ".join(cells) + " |"


def _verdicts(outcomes: list[LiveOutcome], *verdicts: str) -> str:
    return share(outcomes, lambda outcome: outcome.verdict in verdicts)
