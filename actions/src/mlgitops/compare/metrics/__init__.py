"""Metrics as data: `METRICS[task][name]` has a direction and a form in which a bootstrap draw is row counts."""

from mlgitops.compare.metrics import binary, multiclass, regression
from mlgitops.compare.metrics.forms import DEFAULTS, Function, Metric, Options, Ordered, Sums
from mlgitops.compare.metrics.ranking import roc_auc

__all__ = ["DEFAULTS", "METRICS", "Function", "Metric", "Options", "Ordered", "Sums", "roc_auc"]

METRICS = {
    task: {metric.name: metric for metric in module.METRICS}
    for task, module in {"binary": binary, "multiclass": multiclass, "regression": regression}.items()
}
