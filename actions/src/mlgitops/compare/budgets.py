"""Budgets: how long a row takes, how large the model is, how long it trained."""

import json
import statistics
import time
from pathlib import Path

from mlgitops.compare.gates import Gates
from mlgitops.errors import CannotCheck
from mlgitops.report.schema import Budget, Pipeline

NEARLY = 0.9  # of a limit: from here on a budget warns
ROUNDS = 200  # single rows timed; the median of them is what a caller meets


def measure(gates: Gates, bundle: Path, pipeline: Pipeline | None) -> list[Budget]:
    """The budgets that the gates set; one that can't be measured here is `not-run`."""
    limits, measures = (
        gates.budgets,
        {
            "row_latency_ms": lambda: row_latency(bundle),
            "model_mb": lambda: megabytes(bundle),
            "train_minutes": lambda: minutes(pipeline),
        },
    )
    set_here = {name: limit for name in measures if (limit := getattr(limits, name)) is not None}
    return [_budget(name, measures[name](), limit) for name, limit in set_here.items()]


def row_latency(bundle: Path) -> float | None:
    """Median milliseconds of one row through the bundle's ONNX graph, on one thread, on the bundle's own examples."""
    if not (bundle / "signature.json").is_file():
        return None
    import onnxruntime

    rows = _rows(bundle)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(bundle / "model.onnx", options, providers=["CPUExecutionProvider"])
        return statistics.median(_timed(session, rows[n % len(rows)]) for n in range(ROUNDS))
    except Exception as error:  # onnxruntime's own exceptions share no base class
        raise CannotCheck("The bundle can't be run", given=f"{bundle}: {error}", next="Run dvc repro") from error


def megabytes(bundle: Path) -> float | None:
    """The size of all files of a bundle, in 10⁶ bytes."""
    return sum(file.stat().st_size for file in bundle.rglob("*") if file.is_file()) / 1e6 if bundle.is_dir() else None


def minutes(pipeline: Pipeline | None) -> float | None:
    """What the stages that ran took together, data validation apart; None where none ran."""
    stages = pipeline.stages if pipeline else []
    ran = [stage.seconds for stage in stages if stage.result == "ran" and stage.name != "validate"]
    return sum(ran) / 60 if ran else None


def _rows(bundle: Path) -> list[dict]:
    """The examples as the graph takes them: an array of shape (1, 1) for each input."""
    import numpy as np

    kinds = {"string": object, "float": np.float32, "int": np.int64}
    signature = json.loads((bundle / "signature.json").read_bytes())
    types = {column["name"]: kinds[column["type"]] for column in signature["inputs"]}
    empty = {object: "", np.float32: np.nan, np.int64: 0}

    def cell(row: dict, name: str):
        value = row.get(name)
        return np.array([[empty[types[name]] if value is None else value]], dtype=types[name])

    return [{name: cell(example["inputs"], name) for name in types} for example in signature["examples"]]


def _timed(session, row: dict) -> float:
    started = time.perf_counter()
    session.run(None, row)
    return (time.perf_counter() - started) * 1000


def _budget(name: str, found: float | None, limit: float) -> Budget:
    if found is None:
        return Budget(name=name, limit=limit, result="not-run")
    result = "fail" if found > limit else "warn" if found > limit * NEARLY else "pass"
    return Budget(name=name, head=found, limit=limit, result=result)
