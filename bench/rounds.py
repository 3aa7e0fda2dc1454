"""Rounds in which servers are measured one after the other: each starts, proves its scores, bears its loads, ends."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pandas as pd

from bench import load, overhead, servers
from bench.load import Load
from bench.process import Process, running
from bench.servers import Rows, Server
from demo.place import ROOT, free_ports
from mlgitops.deploy import release
from mlgitops.deploy.release import Release
from mlgitops.repository.git import Repository

RUNS, SECONDS = 3, 5
CONNECTIONS, BATCH, BATCH_CONNECTIONS = 16, 1000, 4
DISTINCT = 2000  # rows that are asked for in turn
SAME = 1e-5  # two scores that are the same
MODULE = "flight_delays.service"


@dataclass(frozen=True)
class Sample:
    """A server in one round. start: seconds. cpu: CPU seconds for 1,000 single rows.

    megabytes: of the process that answers, after single rows; most_megabytes: after the large requests too.
    """

    start: float
    single: Load
    half: Load
    many: Load
    cpu: float
    megabytes: float
    most_megabytes: float


@dataclass(frozen=True)
class Found:
    """servers: by name, a Sample of each round. live, constant: the empty endpoints.

    workers: by their number, on all `cores`, a load and the CPU seconds for 1,000 rows.
    """

    servers: dict[str, list[Sample]]
    cores: int
    live: list[Load] = field(default_factory=list)
    constant: list[Load] = field(default_factory=list)
    workers: dict[int, list[tuple[Load, float]]] = field(default_factory=dict)


def measure() -> Found:
    """Prepare once, then measure one after the other in each round."""
    project, folder = overhead.prepare(ROOT / "build" / "bench"), ROOT / "build" / "bench-serving"
    shutil.rmtree(folder, ignore_errors=True)
    made = release.make(Repository(project), MODULE, "HEAD", folder / "releases")
    return compared(made, project / "models" / servers.MODEL, test_rows(project), folder)


def test_rows(project: Path) -> Rows:
    """Held-out rows as callers send them, each of another aircraft."""
    signature = json.loads((project / "models" / servers.MODEL / "signature.json").read_text())
    names = [each["name"] for each in signature["inputs"]]
    table = pd.read_parquet(project / "data" / "prepared" / "test.parquet")[names].sample(DISTINCT, random_state=1)
    rows = json.loads(table.to_json(orient="records"))
    return [row | {servers.STICKY: f"N{number:05}"} for number, row in enumerate(rows)]


def compared(made: Release, bundle: Path, rows: Rows, folder: Path) -> Found:
    """The rounds. The server has one core, the load another; a machine with one core can't compare."""
    cores = os.sched_getaffinity(0)
    server_core, own_core = sorted(cores)[:2]
    (folder / "mlflow").mkdir(parents=True)
    ours = servers.ours(made, bundle, folder)
    contestants = [ours, servers.mlflow(bundle, rows[:BATCH], folder / "mlflow"), servers.bentoml(bundle)]
    found = Found({server.name: [] for server in contestants}, cores=len(cores))
    for _ in range(RUNS):
        os.sched_setaffinity(0, {own_core})
        expected: list[float] = []
        for server in contestants:
            with started(server, rows, folder, {server_core}) as (process, port, start, scores):
                expected = expected or scores
                require_same(expected, scores, server)
                sample = _sample(server, rows, process, port, start)
                found.servers[server.name].append(sample)
                print(server.name, sample, flush=True)
                if server is ours:
                    live = [load.request("GET", "/health/live")]
                    found.live.append(load.saturate(port, live, connections=CONNECTIONS, seconds=SECONDS))
        empty = servers.constant(made)
        with started(empty, rows, folder, {server_core}) as (_, port, _, _):
            asked = _singles(empty, rows)
            found.constant.append(load.saturate(port, asked, connections=CONNECTIONS, seconds=SECONDS))
        os.sched_setaffinity(0, cores)
        for count in (1, 2):
            server = servers.ours(made, bundle, folder, count)
            with started(server, rows, folder, cores) as (process, port, _, _):
                found.workers.setdefault(count, []).append(_saturated(server, rows, process, port))
        print(found.live[-1], found.constant[-1], {n: each[-1] for n, each in found.workers.items()}, flush=True)
    return found


def require_same(expected: list[float], scores: list[float], server: Server) -> None:
    """RuntimeError where a server is not the same model: there would be nothing to compare."""
    if len(scores) != len(expected) or any(abs(a - b) > SAME for a, b in zip(expected, scores, strict=True)):
        raise RuntimeError(f"{server.name} gives other scores")


@contextmanager
def started(
    server: Server, rows: Rows, folder: Path, cores: set[int]
) -> Iterator[tuple[Process, int, float, list[float]]]:
    """The process, its port, the seconds to its first answer, and its scores of a batch."""
    (port,) = free_ports(1)
    command = [part.format(port=port) for part in server.command]
    http = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60)

    def scores(some: Rows) -> list[float]:
        answer = http.post(server.path, content=server.body(some), headers={"Content-Type": "application/json"})
        return server.scores(answer.raise_for_status().json())

    def answers() -> bool:
        try:
            return len(scores(rows[:1])) == 1
        except httpx.TransportError:
            return False

    with http, running(command, server.environment, folder, cores) as process:
        start = process.wait(answers)
        yield process, port, start, scores(rows[:BATCH])


def _sample(server: Server, rows: Rows, process: Process, port: int, start: float) -> Sample:
    single, cpu = _saturated(server, rows, process, port)
    asked = {"connections": CONNECTIONS, "seconds": SECONDS, "rate": single.rate / 2}
    half = load.steady(port, _singles(server, rows), **asked)
    megabytes = process.megabytes()
    batch = [load.request("POST", server.path, server.body(rows[:BATCH]))]
    many = load.saturate(port, batch, connections=BATCH_CONNECTIONS, seconds=SECONDS)
    if failed := single.failed + half.failed + many.failed:
        raise RuntimeError(f"{server.name} failed {failed} requests")
    return Sample(start, single, half, many, cpu, megabytes, process.megabytes())


def _saturated(server: Server, rows: Rows, process: Process, port: int) -> tuple[Load, float]:
    """The most single rows that it answers, after a second of them; and the CPU seconds for 1,000."""
    asked = _singles(server, rows)
    load.saturate(port, asked, connections=CONNECTIONS, seconds=1)
    before = process.cpu()
    found = load.saturate(port, asked, connections=CONNECTIONS, seconds=SECONDS)
    return found, (process.cpu() - before) / (found.rate * SECONDS) * 1000


def _singles(server: Server, rows: Rows) -> list[bytes]:
    return [load.request("POST", server.path, server.body([row])) for row in rows]
