"""Measure the estimator on the test rows: predictions, metrics and plots."""

from pathlib import Path

from . import document, features, metrics, model, params, persistence, plots, predictions, prepare, table
from .problem import run

METRICS = Path("reports/metrics.json")
PLOTS = Path("reports/plots")


def main() -> None:
    options = params.load().evaluate
    test = table.read(prepare.TEST)
    predicted = model.predict(persistence.load(model.ESTIMATOR), test[features.FEATURES])
    truth = test[features.TARGET].to_numpy()
    predictions.write(test, predicted)
    measured = metrics.measure(truth, predicted, options)
    document.write(measured | {"rows": len(test)}, METRICS)
    PLOTS.mkdir(parents=True, exist_ok=True)
    for name, curve in plots.tables(truth, predicted).items():
        curve.to_csv(PLOTS / name, index=False, lineterminator="\n")
    print("  ".join(f"{name} {value:.4f}" for name, value in measured.items()))


if __name__ == "__main__":
    run(main)
