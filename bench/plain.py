"""The yardstick: one plain script that loads, prepares, fits, scores and prints, as a notebook would.

Usage: python -m bench.plain REPOSITORY (a generated one, with its data and params.yaml)
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib"]
CATEGORIES = ["carrier", "origin", "dest", "weekday"]
NUMBERS = ["hour", "distance", *WEATHER]

root = Path(sys.argv[1])
params = yaml.safe_load((root / "params.yaml").read_text())
flights = pd.concat([pd.read_parquet(path) for path in sorted((root / "data" / "raw").glob("*.parquet"))])
flights = flights[flights["arr_delay"].notna()]
flights["weekday"] = pd.to_datetime(flights[["year", "month", "day"]]).dt.day_name()
flights["hour"] = flights["sched_dep_time"] // 100 + flights["sched_dep_time"] % 100 / 60
flights[NUMBERS] = flights[NUMBERS].astype("float32")
late = (flights["arr_delay"] > params["prepare"]["late_after"]).astype("int8")
test = flights["month"] == flights["month"].max()

encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)
columns = ColumnTransformer([("categories", encoder, CATEGORIES), ("numbers", "passthrough", NUMBERS)])
options = {key: value for key, value in params["train"].items() if key != "seed"}
trees = HistGradientBoostingClassifier(early_stopping=False, random_state=params["train"]["seed"], **options)
model = make_pipeline(columns, trees).fit(flights.loc[~test, CATEGORIES + NUMBERS], late[~test])

score = model.predict_proba(flights.loc[test, CATEGORIES + NUMBERS])[:, 1]
truth = late[test]
print(f"roc_auc {roc_auc_score(truth, score):.4f}")
print(f"average_precision {average_precision_score(truth, score):.4f}")
print(f"log_loss {log_loss(truth, score):.4f}")
print(f"brier {brier_score_loss(truth, score):.4f}")
print(f"f1 {f1_score(truth, score >= params['evaluate']['threshold']):.4f}")
