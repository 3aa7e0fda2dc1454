"""The model card: what a bundle was made of and how well it does, for people and for tools."""

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from . import features, metrics, model, prepare, raw
from .params import Evaluate, Params

DRAWS = 200
LEVELS = (0.025, 0.975)
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


def measure(rows: pd.DataFrame, options: Evaluate, weights: np.ndarray | None = None) -> dict[str, float]:
    truth, predicted = rows[features.TARGET].to_numpy(), rows[model.PREDICTION].to_numpy()
    return metrics.measure(truth, predicted, options, weights)


def with_intervals(rows: pd.DataFrame, options: Evaluate) -> dict[str, dict[str, float]]:
    """Each metric with its 95 % interval: a bootstrap of whole days, since flights of one day are alike.

    Percentile interval of draws with replacement (Davison & Hinkley 1997), with a fixed seed.
    """
    values = measure(rows, options)
    day, count = np.unique(rows["day"], return_inverse=True)
    draws = np.random.default_rng(0).multinomial(len(day), np.full(len(day), 1 / len(day)), size=DRAWS)
    drawn = pd.DataFrame([measure(rows, options, drawn[count].astype("float64")) for drawn in draws])
    low, high = drawn.quantile(LEVELS[0]), drawn.quantile(LEVELS[1])
    return {
        name: {"value": round(value, 6), "low": round(low[name], 6), "high": round(high[name], 6)}
        for name, value in values.items()
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
