"""Budgets: how long a row takes, how large the model is, what its training cost; of both models."""

import json
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from mlgitops.compare import baseline
from mlgitops.compare.commits import Commits
from mlgitops.compare.gates import Gates
from mlgitops.errors import CannotCheck, Problem
from mlgitops.pipeline import cost
from mlgitops.pipeline.cost import Cost
from mlgitops.report.schema import Budget, Pipeline
from mlgitops.repository import objects
from mlgitops.repository.lock import Out

NEARLY = 0.9  # of a limit: from here on a budget warns
ROUNDS = 200  # single rows timed; the median of them is what a caller meets
SMALL = 50_000_000  # bytes of a bundle that is fetched only to be timed


@dataclass(frozen=True, kw_only=True)
class Spent:
    """One side: the folder of its bundle, where it is here, the bundle's bytes, and what its training cost."""

    bundle: Path | None = None
    size: int | None = None
    cost: Cost = cost.UNKNOWN


def both(sides: Commits, pipeline: Pipeline | None) -> list[Budget]:
    """The budgets of the working tree's model beside the base's."""
    bundle, out = sides.bundle(), sides.was.get(sides.gates.model)
    head = Spent(bundle=bundle, size=size(bundle), cost=cost.of(pipeline))
    if out is None:
        return measure(sides.gates, head)
    with tempfile.TemporaryDirectory() as folder:
        before = cost.recorded(sides.repository, sides.base)
        base = Spent(bundle=_fetched(sides, out, Path(folder)), size=out.size or None, cost=before)
        return measure(sides.gates, head, base)


def measure(gates: Gates, head: Spent, base: Spent | None = None) -> list[Budget]:
    """All budgets, whether the gates limit them or not; a limit that can't be measured here is `not-run`."""
    base = base or Spent()
    values = {
        "row_latency_ms": row_latencies(base.bundle, head.bundle),
        "model_mb": [_per(side.size, 1e6) for side in (base, head)],
        "train_minutes": [_per(side.cost.seconds, 60) for side in (base, head)],
        "train_cpu_seconds": [side.cost.cpu_seconds for side in (base, head)],
    }
    return [_budget(name, *sides, getattr(gates.budgets, name)) for name, sides in values.items()]


def row_latencies(base: Path | None, head: Path | None) -> tuple[float | None, float | None]:
    """Median milliseconds of one row through each bundle's ONNX graph, on one thread, on the bundle's own examples.

    The two take turns, so that what else happens on the machine meets both. CannotCheck if the head's can't be run.
    """
    timers = [_timer(base, is_ours=False), _timer(head, is_ours=True)]
    times = [[timer(n) for timer in timers if timer] for n in range(ROUNDS)]
    medians = iter([statistics.median(found) for found in zip(*times, strict=True)])
    return tuple(next(medians) if timer else None for timer in timers)


def size(bundle: Path) -> int | None:
    """Bytes of all files of a bundle; None where it is not there."""
    return sum(file.stat().st_size for file in bundle.rglob("*") if file.is_file()) if bundle.is_dir() else None


def _fetched(sides: Commits, out: Out, folder: Path) -> Path | None:
    """The base's bundle, if it is on this machine or quickly fetched; without it, its latency is not known."""
    if objects.copy(sides.repository, out, folder / "here"):
        return folder / "here"
    try:
        return baseline.fetch(sides.repository, out, sides.base, folder) if out.size <= SMALL else None
    except Problem:
        return None


def _timer(bundle: Path | None, *, is_ours: bool):
    """Round → milliseconds of one row, after each ran once; None without a graph, or where the base's does not run."""
    if bundle is None or not (bundle / "signature.json").is_file():
        return None
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read once, when it is imported
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong with a graph is said by the exception
    try:
        rows = _rows(bundle)
        graph = (bundle / "model.onnx").read_bytes()  # loaded from bytes, it can name no other file
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        for row in rows:
            session.run(None, row)
        if not rows:
            raise ValueError("signature.json has no examples")
    except Exception as error:  # onnxruntime's own exceptions share no base class
        if is_ours:
            given = f"{bundle}: {' '.join(str(error).split())[:300]}"
            raise CannotCheck("The bundle can't be run", given=given, next="Run dvc repro") from error
        return None
    return lambda number: _timed(session, rows[number % len(rows)])


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


def _per(number: float | None, unit: float) -> float | None:
    return None if number is None else number / unit


def _budget(name: str, base: float | None, head: float | None, limit: float | None) -> Budget:
    if limit is None:
        result = "info"
    elif head is None:
        result = "not-run"
    else:
        result = "fail" if head > limit else "warn" if head > limit * NEARLY else "pass"
    return Budget(name=name, base=base, head=head, limit=limit, result=result)
