"""One comparison of two simulated models, from predictions to verdict by the code that a pull request meets."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from msgspec.structs import replace

from calibrate import world
from mlgitops.compare import measure
from mlgitops.compare.bootstrap import Model
from mlgitops.compare.gates import Gates, MetricGate, parse
from mlgitops.compare.metrics import METRICS
from mlgitops.compare.predictions import Predictions, align
from mlgitops.compare.verdict import judge, of_interval
from mlgitops.report.schema import Metric, Report

GATES = {
    "binary": b"""
name: late-arrival
model: models/late-arrival
predictions: reports/predictions.parquet
task: binary
metrics:
  roc_auc: {role: primary, margin: 0.005, floor: 0.65}
  log_loss: {role: guardrail, margin: 0.005}
  brier: {role: guardrail, margin: 0.002}
slices: {columns: [carrier, origin], metric: roc_auc, margin: 0.03, min_positives: 30, min_negatives: 30}
""",
    "regression": b"""
name: delay-minutes
model: models/delay-minutes
predictions: reports/predictions.parquet
task: regression
metrics:
  rmse: {role: primary, margin: 0.3, floor: 60}
  mae: {role: guardrail, margin: 0.3}
slices: {columns: [carrier, origin], metric: rmse, margin: 2.0}
""",
}
ROOT = Path(__file__).parents[1]  # where functions of a team would be run; there are none
LOSS = 0.010  # of the area under the ROC curve: two margins


@dataclass(frozen=True)
class Case:
    """One kind of comparison; by_day: rows of a day are alike; group_by: the gates say so; all_gated: each metric that
    the template has for information is a guardrail."""

    rows: int
    task: str = "binary"
    is_loss: bool = False
    by_day: bool = False
    group_by: str | None = None
    all_gated: bool = False

    @property
    def title(self) -> str:
        more = [
            "regression" if self.task == "regression" else "",
            f"in {world.DAYS} days" if self.by_day else "",
            "" if self.by_day == bool(self.group_by) else "without `group_by`",
            "every metric gated" if self.all_gated else "",
            "true loss" if self.is_loss else "",
        ]
        return ", ".join([f"{self.rows:,} rows", *filter(None, more)])


@dataclass(frozen=True)
class Outcome:
    """covers: for each metric, whether its interval held the truth; worse: the gated metrics that were;
    alone: those that would have been had each been judged by its own interval only; slices: how many were worse."""

    verdict: str
    covers: dict[str, bool]
    worse: list[str]
    alone: list[str]
    slices: int


def run(case: Case, numbers: range) -> list[Outcome]:
    """The comparisons of a case with these numbers, each with rows and draws of its own."""
    return [_outcome(case, _report(case, number)) for number in numbers]


def _report(case: Case, number: int) -> Report:
    gates = _gates(case.task, case.all_gated)
    gates = replace(gates, bootstrap=replace(gates.bootstrap, group_by=case.group_by, seed=number))
    rows = _rows(case, np.random.default_rng([2013, case.rows, number]))
    both = (_predictions(rows, scores) for scores in (rows.base, rows.head))
    return judge(Report(model=gates.name, task=gates.task, **measure.compared(gates, align(*both), "same", ROOT)))


def _outcome(case: Case, report: Report) -> Outcome:
    truth, gated = _truth(case.task, case.is_loss), [metric for metric in report.metrics if metric.role != "info"]
    return Outcome(
        verdict=report.verdict,
        covers={metric.name: metric.low <= truth[metric.name] <= metric.high for metric in report.metrics},
        worse=[metric.name for metric in gated if metric.result == "worse"],
        alone=[metric.name for metric in gated if _alone(metric) == "worse"],
        slices=sum(found.result == "worse" for found in report.slices),
    )


def _alone(metric: Metric) -> str:
    return of_interval(metric.low, metric.high, metric.margin, metric.direction)


def _rows(case: Case, random: np.random.Generator) -> world.Rows:
    if case.task == "regression":
        return world.regression(random, case.rows)
    noise = world.noise_of_loss(LOSS) if case.is_loss else world.NOISE
    return world.binary(random, case.rows, noise, case.by_day)


@cache
def _gates(task: str, all_gated: bool = False) -> Gates:
    """The template's, and all other metrics of the task."""
    gates = parse(GATES[task])
    gate = MetricGate(role="guardrail", margin=0.01) if all_gated else MetricGate(role="info")
    others = [name for name in METRICS[task] if name not in gates.metrics]
    return replace(gates, metrics=gates.metrics | dict.fromkeys(others, gate))


@cache
def _truth(task: str, is_loss: bool) -> dict[str, float]:
    """head − base of each metric: zero between equally good models, else as on very many rows."""
    gates = _gates(task)
    if not is_loss:
        return dict.fromkeys(gates.metrics, 0.0)
    rows = world.binary(np.random.default_rng(2), world.LARGE, world.noise_of_loss(LOSS))
    chosen = [METRICS[task][name] for name in gates.metrics]
    models = (Model(chosen, rows.labels, scores, gates.options) for scores in (rows.base, rows.head))
    base, head = (model.values(np.ones((1, world.LARGE), dtype=np.int64))[0] for model in models)
    return dict(zip(gates.metrics, (head - base).tolist(), strict=True))


def _predictions(rows: world.Rows, scores: np.ndarray) -> Predictions:
    ids = pa.array(np.char.mod("%07d", np.arange(len(scores))))
    columns = {name: pa.array(getattr(rows, name)) for name in ("carrier", "origin", "day")}
    return Predictions(ids, rows.labels, scores, pa.table(columns))
