"""The model card: what a bundle was made of and how well it does, for people and for tools."""

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from . import features, metrics, model, prepare, raw
from .params import Evaluate, Params

NORMAL_95 = 1.96
STAGES = ["prepare", "train", "evaluate", "package"]  # those whose parameters change the bundle
SLICE_ROWS = 500  # smaller slices say nothing


def card(train: pd.DataFrame, predictions: pd.DataFrame, options: Params) -> dict:
    """The card's content; everything that the model was made of is named by its hash."""
    days = {"train": train["day"], "test": predictions["day"]}
    sources = [*raw.months(), prepare.TRAIN, prepare.TEST, Path("requirements.lock")]
    return {
        "schema": 1,
        "name": model.NAME,
        "task": model.TASK,
        "predicts": model.OUTPUT_DESCRIPTION,
        "inputs": features.FEATURES,
        "data": {name: {"rows": len(day), "from": day.min(), "to": day.max()} for name, day in days.items()},
        "params": {stage: msgspec.to_builtins(getattr(options, stage)) for stage in STAGES},
        "metrics": with_intervals(predictions, options.evaluate),
        "slices": slices(predictions, options.evaluate),
        "made_of": {path.as_posix(): f"md5:{digest(path)}" for path in sources},
    }


def measure(rows: pd.DataFrame, options: Evaluate) -> dict[str, float]:
    truth, predicted = rows[features.TARGET].to_numpy(), rows[model.PREDICTION].to_numpy()
    return metrics.measure(truth, predicted, options)


def with_intervals(rows: pd.DataFrame, options: Evaluate) -> dict[str, dict[str, float]]:
    """Each metric with its 95 % interval: a jackknife over whole days, since flights of one day are alike.

    Its variance is (n - 1) / n times the sum of squared deviations of the values without one of the n days
    (Tukey 1958; Efron & Tibshirani 1993, chapter 11): n evaluations where a bootstrap takes hundreds.
    """
    days = sorted(set(rows["day"]))
    without = pd.DataFrame([measure(rows[rows["day"] != day], options) for day in days])
    spread = NORMAL_95 * np.sqrt((len(days) - 1) * without.var(ddof=0))
    return {
        name: {
            "value": round(value, 6),
            "low": round(value - spread[name], 6),
            "high": round(value + spread[name], 6),
        }
        for name, value in measure(rows, options).items()
    }


def slices(rows: pd.DataFrame, options: Evaluate) -> list[dict]:
    """The metrics of each slice that is large enough."""
    return [
        {"column": column, "value": value, "rows": len(part)}
        | {name: round(number, 6) for name, number in measure(part, options).items()}
        for column in features.SLICES
        for value, part in rows.groupby(column)
        if len(part) >= SLICE_ROWS
    ]


def digest(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
