"""reports/predictions.parquet: what a model said about the test rows, and what came true."""

from pathlib import Path

import numpy as np
import pandas as pd

from . import features, model, table

PATH = Path("reports/predictions.parquet")


def predictions(test: pd.DataFrame, predicted: np.ndarray) -> pd.DataFrame:
    """row_id, truth, prediction, the columns by which reports are sliced, and day, for each test row."""
    return pd.DataFrame(
        {
            "row_id": test["row_id"].to_numpy(),
            features.TARGET: test[features.TARGET].to_numpy(),
            model.PREDICTION: predicted.astype("float64"),
            **{name: test[name].to_numpy() for name in features.SLICES},
            "day": test["day"].to_numpy(),
        }
    )


def write(test: pd.DataFrame, predicted: np.ndarray, path: Path = PATH) -> pd.DataFrame:
    """Write the predictions of all test rows to `path`, and return them."""
    said = predictions(test, predicted)
    table.write(said, path)
    return said
