"""docs/calibration.md, made of the outcomes alone."""

from calibrate import live_page, world
from calibrate.cases import (
    COMPARISONS,
    COVERAGE,
    EQUAL,
    GROUPED,
    IGNORED,
    LEAST_CAUGHT,
    LOSSES,
    MANY,
    MOST_FALSE,
    REGRESSION,
)
from calibrate.comparison import LOSS, Case, Outcome
from calibrate.shares import GATED, Aim, aim, coverage_aim, share

Found = dict[Case, list[Outcome]]
PAGE = """\
# Calibration

Written by `make calibrate`: {comparisons:,} comparisons of each kind, of simulated models whose truth is known, each
from two sets of predictions to a verdict by the code that a pull request meets. The same seeds give the same figures.
Shares are in percent, in brackets their exact 95 % interval (Clopper and Pearson 1934).

| Aim | Measured | Met |
|:--|:--|:-:|
{aims}

## Two equally good models

A fail here is a false one. It needs a metric or a slice that is *worse*. One sentence is the rule: **a metric is worse
only if the interval that holds for all gated metrics at once is below zero, a slice only if the interval that holds for
all slices at once is.** The last column is what the verdict would be if each metric were judged by its own interval.

| Rows | Do not merge | by a metric | by a slice | Needs a decision | Ready | Each metric on its own |
|:--|--:|--:|--:|--:|--:|--:|
{equal}

How to read it: on few rows nearly every pull request needs a decision, for so few rows can't show that a loss is
smaller than the margin; they don't show one that isn't there either. With more rows, more of them are ready. The more
metrics a team gates, the further the last column is above the first.

## Does the 95 % interval hold the truth?

How often the interval that the report shows for a metric held it. The metrics in bold are gated by the
template, the others are for information.

| Metric | {cases} |
|:--|{rule}
{coverage}

`ece` is a sum of absolute values. Between well calibrated models each is near zero, where bootstrap intervals are too
wide (Andrews 2000): it is called worse, or within its margin, later than it might be.

## A true loss of two margins

The new model has more noise: on {large:,} rows its `roc_auc` is {loss:.3f} lower, twice the margin of 0.005.

| Rows | Caught: do not merge | by `roc_auc` itself | Needs a decision | Ready: missed |
|:--|--:|--:|--:|--:|
{losses}

{live}
## What was simulated

The models are like the template's own example: probabilities of two gradient boostings of the flights of January to
May, fitted with other seeds and on other draws of the rows, on the flights of June. From those come the share of
positives (0.30), the area under the ROC curve (0.755), the spread of the log-odds (1.1) and the correlation of the two
models' log-odds (0.95: in the example 0.97 with other seeds, 0.95 on other draws of the rows; the lower it is, the
wider the intervals). Each row has a signal that both models see, a part of the truth that neither sees, and noise of
each model's own. Equally good models have equal noise, so that their differences are zero in truth for every metric,
without being zero in any one sample. Each model's probabilities are calibrated for its noise.

The gates are like the template's: `roc_auc` primary (margin 0.005), `log_loss` (0.005) and `brier` (0.002) guardrails,
and eight slices of two columns that hold 8 to 40 % of the rows, with `roc_auc` and a margin of 0.03; they are checked
from 30 positives and 30 negatives on. The regression is that of minutes of delay: residuals as skewed (1.4) and as
heavy in the tails (kurtosis 6.4) as the example's, predictions that correlate by 0.96, margins of 0.3 minutes, slices
with `rmse` and 2 minutes. In {days} days, 30 % of the signal's variance and 15 % of each model's own noise belong to
the day.

## What it does not show

That the models of a team are like these. That the rows of a team are independent: where they are not, `group_by` is
needed, and the line without it shows what happens otherwise. Chance in training: a model that is trained again differs
by more than its test rows tell; `make noise` measures that. And repeated use: whoever compares often enough with the
same test rows finds a difference at last.
"""


def page(found: Found, live: live_page.Found) -> str:
    """The whole page; live: of the experiments."""
    shown = [*EQUAL, MANY, REGRESSION, GROUPED, IGNORED]
    metrics = list(dict.fromkeys(name for outcomes in found.values() for name in outcomes[0].covers))
    return PAGE.format(
        comparisons=COMPARISONS,
        large=world.LARGE,
        loss=LOSS,
        days=world.DAYS,
        aims="\n".join(_stated(one) for one in [*aims(found), *live_page.aims(live)]),
        equal="\n".join(_equal(case, found[case]) for case in shown),
        cases=" | ".join(case.title for case in [*shown, LOSSES[-1]]),
        rule="--:|" * (len(shown) + 1),
        coverage="\n".join(_covered(name, [found[case] for case in [*shown, LOSSES[-1]]]) for name in metrics),
        losses="\n".join(_loss(case, found[case]) for case in LOSSES),
        live=live_page.section(live),
    )


def aims(found: Found) -> list[Aim]:
    """What the figures must be, and are."""
    low, high = COVERAGE
    return [
        *(
            aim(
                f"Equally good models, {case.title}: at most {MOST_FALSE * 100:.0f} % do not merge",
                found[case],
                _is_failed,
                lambda share: share <= MOST_FALSE,
            )
            for case in (*EQUAL, MANY, REGRESSION, GROUPED)
        ),
        *(
            coverage_aim(
                f"Coverage, {case.title}: {low * 100:.0f} % to {high * 100:.0f} % for each gated metric", found[case]
            )
            for case in (*EQUAL, REGRESSION, GROUPED)
        ),
        aim(
            f"Losses of two margins, {LOSSES[-1].title}: at least {LEAST_CAUGHT * 100:.0f} % caught",
            found[LOSSES[-1]],
            _is_failed,
            lambda share: share >= LEAST_CAUGHT,
        ),
    ]


def _stated(one: Aim) -> str:
    return f"| {one.what} | {one.measured} | {'yes' if one.is_met else '**no**'} |"


def _equal(case: Case, outcomes: list[Outcome]) -> str:
    rules = (
        _is_failed,
        lambda outcome: bool(outcome.worse),
        lambda outcome: outcome.slices > 0,
        lambda outcome: outcome.verdict == "needs-decision",
        lambda outcome: outcome.verdict == "ready",
        lambda outcome: bool(outcome.alone or outcome.slices),
    )
    return f"| {case.title} | " + " | ".join(share(outcomes, rule) for rule in rules) + " |"


def _loss(case: Case, outcomes: list[Outcome]) -> str:
    rules = (
        _is_failed,
        lambda outcome: "roc_auc" in outcome.worse,
        lambda outcome: outcome.verdict == "needs-decision",
        lambda outcome: outcome.verdict == "ready",
    )
    return f"| {case.rows:,} | " + " | ".join(share(outcomes, rule) for rule in rules) + " |"


def _covered(name: str, columns: list[list[Outcome]]) -> str:
    cells = (
        share(outcomes, lambda outcome: outcome.covers[name]) if name in outcomes[0].covers else ""
        for outcomes in columns
    )
    return f"| {f'**`{name}`**' if name in GATED else f'`{name}`'} | " + " | ".join(cells) + " |"


def _is_failed(outcome: Outcome) -> bool:
    return outcome.verdict == "do-not-merge"
