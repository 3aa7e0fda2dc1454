"""Save a bundle's estimator as an MLflow model: python mlflow_model.py BUNDLE ROWS OUT, run in MLflow's environment."""

import json
import sys
from pathlib import Path

import mlflow.sklearn
import numpy as np
import pandas as pd
import skops.io

bundle, rows, out = map(Path, sys.argv[1:])
signature = json.loads((bundle / "signature.json").read_text())
kinds = {each["name"]: "str" if each["type"] == "string" else "float32" for each in signature["inputs"]}
example = pd.DataFrame(json.loads(rows.read_text())).astype(kinds)
file = bundle / "model.skops"
estimator = skops.io.load(file, trusted=skops.io.get_untrusted_types(file=file))  # made by this benchmark itself
mlflow.sklearn.save_model(
    estimator,
    out,
    signature=mlflow.models.infer_signature(example, np.zeros((len(example), 2))),
    pyfunc_predict_fn="predict_proba",
    serialization_format="cloudpickle",
)
