"""Score any bundle on the current test rows: it is how an older model meets newer data.

A bundle's graph holds its own preprocessing, so none of the code that made it is needed.
"""

import argparse
from pathlib import Path

from . import document, graph, predictions, prepare, table
from .problem import Problem, run


def signature(bundle: Path) -> dict:
    """The bundle's signature.json; Problem when it is missing, unreadable, or names no output."""
    file = bundle / "signature.json"
    if not file.is_file():
        raise Problem(f"{bundle} is not a model bundle: it has no signature.json")
    described = document.read(file)
    if not isinstance(described, dict) or not {"onnx_output", "onnx_column"} <= described.keys():
        raise Problem(f"{file} does not say which output of the graph is the prediction")
    return described


def main() -> None:
    parser = argparse.ArgumentParser(prog="score", description="Score a bundle on the current test rows.")
    parser.add_argument("--model", type=Path, required=True, help="folder of the bundle")
    parser.add_argument("--out", type=Path, required=True, help="parquet file to write")
    asked = parser.parse_args()
    described = signature(asked.model)
    test = table.read(prepare.TEST)
    output, column = described["onnx_output"], described["onnx_column"]
    predictions.write(test, graph.predict(asked.model / "model.onnx", test, output, column), asked.out)
    print(f"{asked.out}: {len(test):,} rows")


if __name__ == "__main__":
    run(main)
