"""reports/evaluation.json: the metrics of the test rows with intervals, and those of each slice."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from . import features

PATH = Path("reports/evaluation.json")
NORMAL_95 = 1.96
SLICE_ROWS = 500  # smaller slices say nothing

Measure = Callable[[pd.DataFrame], dict[str, float]]


def evaluation(predictions: pd.DataFrame, measure: Measure) -> dict:
    """The file's content; `measure` gives each metric of some of the rows."""
    return {"metrics": with_intervals(predictions, measure), "slices": slices(predictions, measure)}


def with_intervals(rows: pd.DataFrame, measure: Measure) -> dict[str, dict[str, float]]:
    """Each metric with its 95 % interval: a jackknife over whole days, since flights of one day are alike.

    Its variance is (n - 1) / n times the sum of squared deviations of the values without one of the n days
    (Tukey 1958; Efron & Tibshirani 1993, chapter 11): n evaluations where a bootstrap takes hundreds.
    """
    day, days = rows["day"].factorize(sort=True)
    numbers = rows.select_dtypes("number")
    without = pd.DataFrame([measure(numbers[day != each]) for each in range(len(days))])
    spread = NORMAL_95 * np.sqrt((len(days) - 1) * without.var(ddof=0))
    return {
        name: {
            "value": round(value, 6),
            "low": round(value - spread[name], 6),
            "high": round(value + spread[name], 6),
        }
        for name, value in measure(numbers).items()
    }


def slices(rows: pd.DataFrame, measure: Measure) -> list[dict]:
    """The metrics of each slice that is large enough."""
    numbers = rows.select_dtypes("number")
    return [
        {"column": column, "value": value, "rows": len(places)}
        | {name: round(number, 6) for name, number in measure(numbers.take(places)).items()}
        for column in features.SLICES
        for value, places in rows.groupby(column).indices.items()
        if len(places) >= SLICE_ROWS
    ]
