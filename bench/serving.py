"""The service side by side with `mlflow models serve` and BentoML, and with its own empty endpoint."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import httpx
import pandas as pd

from bench import load, overhead, servers
from bench.load import Load
from bench.process import running
from bench.servers import Rows, Server
from demo.place import ROOT, free_ports

RUNS, SECONDS = 3, 5
CONNECTIONS, BATCH, BATCH_CONNECTIONS = 16, 1000, 4
DISTINCT = 2000  # rows that are asked for in turn
HALF = 0.5
SAME = 1e-5  # scores of two servers that are the same


@dataclass(frozen=True)
class Sample:
    """One server in one round. start: seconds; cpu: seconds of CPU for 1,000 single rows; megabytes: after the load."""

    start: float
    single: Load
    half: Load
    many: Load
    cpu: float
    megabytes: float
    empty: Load | None = None


def measure() -> dict[str, list[Sample]]:
    """Prepare once, prove that all give the same scores, then measure one after the other in each round."""
    project = overhead.prepare(ROOT / "build" / "bench")
    bundle, folder = project / "models" / servers.MODEL, ROOT / "build" / "bench-serving"
    rows = test_rows(project)
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("ours", "mlflow"):
        (folder / name).mkdir(parents=True)
    python = project / ".venv" / "bin" / "python"
    return compared(
        [
            servers.ours(python, bundle, folder / "ours"),
            servers.mlflow(bundle, rows[:BATCH], folder / "mlflow"),
            servers.bentoml(bundle),
        ],
        rows,
        folder,
    )


def test_rows(project: Path) -> Rows:
    """Held-out rows as a caller sends them."""
    names = [
        each["name"]
        for each in json.loads((project / "models" / servers.MODEL / "signature.json").read_text())["inputs"]
    ]
    table = pd.read_parquet(project / "data" / "prepared" / "test.parquet")[names]
    return json.loads(table.sample(DISTINCT, random_state=1).to_json(orient="records"))


def compared(contestants: list[Server], rows: Rows, folder: Path) -> dict[str, list[Sample]]:
    server_core, own_core = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, {own_core})
    samples: dict[str, list[Sample]] = {server.name: [] for server in contestants}
    expected: list[float] | None = None
    for number in range(RUNS):
        for server in contestants:
            sample, scores = _sample(server, rows, folder, {server_core})
            expected = expected or scores
            if any(abs(a - b) > SAME for a, b in zip(expected, scores, strict=True)):
                raise RuntimeError(f"{server.name} gives other scores than {contestants[0].name}")
            samples[server.name].append(sample)
            print(number, server.name, sample, flush=True)
    return samples


def _sample(server: Server, rows: Rows, folder: Path, cores: set[int]) -> tuple[Sample, list[float]]:
    (port,) = free_ports(1)
    command = [part.format(port=port) for part in server.command]
    ask = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60)
    singles = [load.request("POST", server.path, server.body([row])) for row in rows]
    many = [load.request("POST", server.path, server.body(rows[:BATCH]))]

    def scores(some: Rows) -> list[float]:
        answer = ask.post(server.path, content=server.body(some), headers={"Content-Type": "application/json"})
        return server.scores(answer.raise_for_status().json())

    def answers() -> bool:
        try:
            return len(scores(rows[:1])) == 1
        except httpx.TransportError:
            return False

    with running(command, server.environment, folder, cores) as process:
        start = process.wait(answers)
        given = scores(rows[:BATCH])
        load.saturate(port, singles, connections=CONNECTIONS, seconds=1)
        before = process.cpu()
        single = load.saturate(port, singles, connections=CONNECTIONS, seconds=SECONDS)
        cpu = (process.cpu() - before) / (single.rate * SECONDS) * 1000
        half = load.steady(port, singles, connections=CONNECTIONS, seconds=SECONDS, rate=single.rate * HALF)
        batches = load.saturate(port, many, connections=BATCH_CONNECTIONS, seconds=SECONDS)
        empty = None
        if server.name == "this service":
            live = [load.request("GET", "/health/live")]
            empty = load.saturate(port, live, connections=CONNECTIONS, seconds=SECONDS)
        found = Sample(start, single, half, batches, cpu, process.megabytes(), empty)
    return found, given
