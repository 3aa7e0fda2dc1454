"""What is compared how often, and what the figures must be."""

from calibrate.comparison import Case

COMPARISONS = 1000  # of each case
EQUAL = [Case(400), Case(2_000), Case(10_000)]
LOSSES = [Case(400, is_loss=True), Case(2_000, is_loss=True), Case(10_000, is_loss=True)]
MANY = Case(2_000, all_gated=True)
REGRESSION = Case(2_000, task="regression")
GROUPED = Case(5_000, by_day=True, group_by="day")
IGNORED = Case(5_000, by_day=True)  # the same rows by gates that do not say so: what group_by is for
ALL = [*EQUAL, *LOSSES, MANY, REGRESSION, GROUPED, IGNORED]

MOST_FALSE = 0.05  # of equally good models that fail any gate
COVERAGE = (0.93, 0.97)  # of the 95 % interval of a gated metric
LEAST_CAUGHT = 0.90  # of losses of two margins on 10,000 rows
