"""Make the bundle: everything that serving, checking and explaining the model needs, in one folder.

The same inputs give the same bytes: no time, path or commit is in it.
"""

import shutil
from pathlib import Path

import numpy as np

from . import document, evaluation, folder, graph, model, params, predictions, prepare, table
from .card import card
from .card_text import markdown
from .problem import CheckFailed, run
from .reference import reference
from .signature import signature

BUNDLE = Path("models") / model.NAME
PARITY = 1e-4


def check_parity(expected: np.ndarray, found: np.ndarray, options: params.Evaluate) -> float:
    """The largest difference between scikit-learn and ONNX; CheckFailed when it matters. Shapes (n,)."""
    difference = float(np.max(np.abs(expected - found)))
    if not difference <= PARITY:  # also false for NaN
        raise CheckFailed(f"package: ONNX and scikit-learn differ by {difference:.2g}, more than {PARITY}")
    threshold = model.threshold(options)
    changed = 0 if threshold is None else int(np.sum((expected >= threshold) != (found >= threshold)))
    if changed:
        raise CheckFailed(f"package: ONNX and scikit-learn label {changed} rows differently")
    return difference


def main() -> None:
    options = params.load()
    train, test = table.read(prepare.TRAIN), table.read(prepare.TEST)
    said = table.read(predictions.PATH)
    found = graph.predict(model.GRAPH, test, model.ONNX_OUTPUT, model.ONNX_COLUMN)
    difference = check_parity(said[model.PREDICTION].to_numpy(), found, options.evaluate)

    with folder.replaced(BUNDLE) as beside:
        shutil.copyfile(model.GRAPH, beside / "model.onnx")
        shutil.copyfile(model.ESTIMATOR, beside / "model.skops")
        document.write(signature(test, found, options), beside / "signature.json")
        scores = graph.predict(model.GRAPH, train, model.ONNX_OUTPUT, model.ONNX_COLUMN)
        document.write(reference(train, scores), beside / "reference.json")
        content = card(train, test, document.read(evaluation.PATH), options)
        document.write(content, beside / "card.json")
        (beside / "card.md").write_text(markdown(content), encoding="utf-8")
    print(f"{BUNDLE}: ONNX and scikit-learn agree within {difference:.1e} on {len(test):,} rows")


if __name__ == "__main__":
    run(main)
