"""What the project's python runs, which need not have mlgitops: a team's functions on rows that are drawn elsewhere.

Usage: python -c "$(cat runner.py)" FOLDER MODULE:FUNCTION …, with the counts of each draw on stdin. Not by its path:
modules are to be looked for in the working directory first, as for a stage, and not in mlgitops' own folder.
"""

import importlib
import sys
import traceback
from collections.abc import Callable, Iterator
from numbers import Real
from pathlib import Path

import numpy as np

TRUTH, SCORES, VALUES = "y_true.npy", "y_score_{}.npy", "values.npy"
COUNT = "<u2"  # how often a row was drawn: its mean is 1


def main(folder: Path, paths: list[str]) -> None:
    """Write (1 + draws, models, functions) of float64; exit with one line where a function can't be run."""
    functions = {path: _loaded(path) for path in paths}
    truth = np.load(folder / TRUTH)
    sides = [np.load(file) for file in sorted(folder.glob(SCORES.format("*")))]
    found = [
        [
            [_value(path, function, truth[rows], scores[rows]) for path, function in functions.items()]
            for scores in sides
        ]
        for rows in _drawn(len(truth))
    ]
    np.save(folder / VALUES, np.array(found, dtype=np.float64))


def _drawn(rows: int) -> Iterator[np.ndarray]:
    """For each draw on stdin the rows in it, each as often as it was drawn."""
    every, size = np.arange(rows), rows * np.dtype(COUNT).itemsize
    while block := sys.stdin.buffer.read(size):
        yield every.repeat(np.frombuffer(block, dtype=COUNT))


def _loaded(path: str) -> Callable[[np.ndarray, np.ndarray], float]:
    module, _, name = path.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:  # whatever the import runs
        sys.exit(_said(path, error))


def _value(path: str, function: Callable, truth: np.ndarray, scores: np.ndarray) -> float:
    """The arrays are copies: a function may change them."""
    try:
        value = function(truth, scores)
    except Exception as error:
        sys.exit(_said(path, error))
    if not isinstance(value, Real):
        sys.exit(f"{path}: it returned a {type(value).__name__}, not a number")
    return float(value)


def _said(path: str, error: Exception) -> str:
    return f"{path}: {traceback.format_exception_only(error)[-1].strip().splitlines()[-1]}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
