"""reference.json: the training data and its predictions in numbers, to compare live traffic with."""

import numpy as np
import pandas as pd

from .features import CATEGORIES, NUMBERS

BINS = 10


def reference(rows: pd.DataFrame, predicted: np.ndarray) -> dict:
    """Profiles of each feature and of the predictions, over n training rows."""
    return {
        "schema": 1,
        "rows": len(rows),
        "columns": {name: shares(rows[name]) for name in CATEGORIES}
        | {name: histogram(rows[name].to_numpy("float64")) for name in NUMBERS},
        "predictions": histogram(predicted),
    }


def shares(column: pd.Series) -> dict:
    """The share of each value, most frequent first."""
    counts = column.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    shared = {str(value): round(count / len(column), 6) for value, count in counts.items()}
    return {"kind": "string", "shares": shared}


def histogram(values: np.ndarray) -> dict:
    """Edges of bins with about equally many values (k + 1), shares in them (k), share of nulls."""
    known = values[~np.isnan(values)]
    if not known.size:
        return {"kind": "number", "null_share": 1.0, "edges": [], "shares": [], "mean": None, "std": None}
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)))
    if len(edges) == 1:
        edges = np.repeat(edges, 2)
    counts, _ = np.histogram(known, edges)
    return {
        "kind": "number",
        "null_share": round(1 - known.size / values.size, 6),
        "edges": edges.round(6).tolist(),
        "shares": (counts / known.size).round(6).tolist(),
        "mean": round(float(known.mean()), 6),
        "std": round(float(known.std()), 6),
    }
