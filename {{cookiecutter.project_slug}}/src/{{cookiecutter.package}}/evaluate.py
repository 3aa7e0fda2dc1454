"""Measure the estimator on the test rows: predictions, metrics, plots."""

from pathlib import Path

import pandas as pd

from . import (
    document,
    evaluation,
    features,
    folder,
    metrics,
    model,
    params,
    persistence,
    plots,
    predictions,
    prepare,
    table,
)
from .problem import run

METRICS = Path("reports/metrics.json")
PLOTS = Path("reports/plots")


def main() -> None:
    options = params.load().evaluate
    test = table.read(prepare.TEST)
    predicted = model.predict(persistence.load(model.ESTIMATOR), test[features.FEATURES])
    truth = test[features.TARGET].to_numpy()
    said = predictions.write(test, predicted)

    def measure(rows: pd.DataFrame) -> dict[str, float]:
        return metrics.measure(rows[features.TARGET].to_numpy(), rows[model.PREDICTION].to_numpy(), options)

    measured = measure(said)
    document.write(measured | {"rows": len(test)}, METRICS)
    document.write(evaluation.evaluation(said, measure), evaluation.PATH)
    with folder.replaced(PLOTS) as beside:
        for name, curve in plots.tables(truth, predicted).items():
            curve.to_csv(beside / name, index=False, lineterminator="\n")
    print("  ".join(f"{name} {value:.4f}" for name, value in measured.items()))


if __name__ == "__main__":
    run(main)
