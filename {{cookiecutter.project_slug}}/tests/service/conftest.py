"""A small model that is made in a few milliseconds, and a service that serves it."""

import json
import math
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from onnx import TensorProto, checker, helper, save

from {{ cookiecutter.package }}.service.models.bundle import digest

PYTHON = os.environ.get("SERVICE_PYTHON", sys.executable)  # an image's, where one with this code is tested
BIAS = {"AA": 0.5, "UA": -0.5}
ROWS = [{"carrier": "AA", "month": 6, "temp": 0.1}, {"carrier": "UA", "month": 7, "temp": 0.3}]


class Service:
    """A real server process for a state folder; write() changes what it is to serve, reload() asks it to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=10)

    def start(self, *options: str, limits: str = "", **environment: str) -> None:
        """options: of the command. limits: Python that makes one shorter than a test can wait for."""
        code = f"import runpy, sys; {limits}; runpy.run_module('{{ cookiecutter.package }}.service', None, '__main__')"
        how = ["-c", code] if limits else ["-m", "{{ cookiecutter.package }}.service"]
        command = [PYTHON, *how, str(self.folder), "--port", str(self.port), *options]
        self.process = subprocess.Popen(command, env=os.environ | environment)
        deadline = time.monotonic() + 20
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError("the service did not start")
            time.sleep(0.05)

    def is_ready(self) -> bool:
        """Asked on a new connection: at an old one, a process that is to end might still answer."""
        try:
            return httpx.get(f"{self.url}/health/ready", trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def reload(self, state: Path) -> httpx.Response:
        return self.http.post("/-/reload", json={"state": str(state)})

    def predict(self, row: dict | list) -> httpx.Response:
        return self.http.post("/v1/late-arrival/predict", json=row)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        finally:
            self.process.kill()


@pytest.fixture(scope="session")
def bundle_maker() -> Callable[..., Path]:
    return make_bundle


@pytest.fixture(scope="session")
def sigmoid() -> Callable[[dict, float], float]:
    """The right answer of the small model."""
    return probability


@pytest.fixture
def state(tmp_path: Path) -> Callable[..., Path]:
    """Make a bundle and write a state file that names it: state("next.json", slope=2.0, version="v0.2.0")."""

    def write(name: str, *, version: str = "v0.1.0", endpoint: str = "late-arrival", **bundle: float) -> Path:
        folder = make_bundle(tmp_path / "bundles" / f"{endpoint}-{version}", name=endpoint, **bundle)
        model = f"{endpoint}@{version}"
        endpoints = {endpoint: {"routes": [{"model": model, "weight": 100}]}}
        return write_state(tmp_path / name, {model: folder}, endpoints)

    return write


@pytest.fixture
def stopped(state: Callable[..., Path], tmp_path: Path) -> Iterator[Service]:
    """A service that would serve late-arrival@v0.1.0, with slope 1, once it is started."""
    state("serving.json")
    found = Service(tmp_path)
    yield found
    found.stop()


@pytest.fixture
def service(state: Callable[..., Path], tmp_path: Path) -> Iterator[Service]:
    """A service that serves late-arrival@v0.1.0, with slope 1."""
    state("serving.json")
    running = Service(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def steady_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of late-arrival@v0.1.0, the same for all tests of a module: they leave it as it was."""
    folder, model = tmp_path_factory.mktemp("steady"), "late-arrival@v0.1.0"
    bundles = {model: make_bundle(folder / "bundle")}
    write_state(folder / "serving.json", bundles, {"late-arrival": {"routes": [{"model": model}]}})
    running = Service(folder)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def busy_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with all that an environment can have; tests leave it as it was."""
    folder = tmp_path_factory.mktemp("busy")
    make_environment(folder)
    running = Service(folder)
    running.start()
    yield running
    running.stop()


def make_environment(folder: Path) -> None:
    """A canary that is assigned by a field, a shadow, and a pipeline through two endpoints."""
    names = ["late-arrival@v1.0.0", "late-arrival@v1.1.0", "late-arrival@v1.2.0", "second-leg@v0.1.0"]
    bundles = {
        name: make_bundle(folder / "bundles" / name, slope=1.0 + number, name=name.partition("@")[0])
        for number, name in enumerate(names)
    }
    routes = [{"model": names[0], "weight": 90}, {"model": names[1], "weight": 10}]
    steps = [
        {"endpoint": "late-arrival"},
        {"endpoint": "second-leg", "inputs": {"temp": "late-arrival.probability"}},
    ]
    endpoints = {
        "late-arrival": {"routes": routes, "sticky": "tailnum", "shadow": [names[2]]},
        "second-leg": {"routes": [{"model": names[3]}]},
        "briefing": {"pipeline": steps},
    }
    write_state(folder / "serving.json", bundles, endpoints)


def write_state(file: Path, bundles: dict[str, Path], endpoints: dict) -> Path:
    """A state file; bundles: version → folder."""
    models = {name: {"digest": digest(bundle), "bundle": str(bundle)} for name, bundle in bundles.items()}
    content = {
        "schema": 2,
        "environment": "test",
        "commit": "0" * 40,
        "models": models,
        "endpoints": endpoints,
    }
    file.write_text(json.dumps(content))
    return file


def probability(row: dict, slope: float) -> float:
    return 1 / (1 + math.exp(-(BIAS[row["carrier"]] + slope * (row["temp"] or 0))))


def make_bundle(
    folder: Path, *, slope: float = 1.0, name: str = "late-arrival", recorded: float | None = None
) -> Path:
    """Write a bundle whose golden rows are right, unless `recorded` is what they are to claim."""
    folder.mkdir(parents=True)
    save(graph(slope), folder / "model.onnx")
    outputs = [probability(row, slope) if recorded is None else recorded for row in ROWS]
    signature = {
        "schema": 1,
        "name": name,
        "task": "binary",
        "threshold": 0.5,
        "inputs": [
            {"name": "carrier", "type": "string", "categories": list(BIAS), "description": "airline"},
            {"name": "month", "type": "int", "minimum": 1, "maximum": 12},
            {"name": "temp", "type": "float", "nullable": True, "maximum": 130, "unit": "°F"},
        ],
        "outputs": [{"name": "probability", "type": "float", "description": "of a late arrival"}],
        "examples": [{"inputs": row, "output": output} for row, output in zip(ROWS, outputs, strict=True)],
        "onnx_output": "probabilities",
        "onnx_column": 1,
    }
    (folder / "signature.json").write_text(json.dumps(signature))
    return folder


def graph(slope: float):
    column = {"carrier": TensorProto.STRING, "month": TensorProto.INT64, "temp": TensorProto.FLOAT}
    scalars = {"slope": slope, "zero": 0.0, "one": 1.0}
    nodes = [
        helper.make_node(
            "LabelEncoder",
            ["carrier"],
            ["bias"],
            domain="ai.onnx.ml",
            keys_strings=list(BIAS),
            values_floats=list(BIAS.values()),
        ),
        helper.make_node("IsNaN", ["temp"], ["missing"]),
        helper.make_node("Where", ["missing", "zero", "temp"], ["filled"]),
        helper.make_node("Mul", ["filled", "slope"], ["effect"]),
        helper.make_node("Add", ["effect", "bias"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["late"]),
        helper.make_node("Sub", ["one", "late"], ["early"]),
        helper.make_node("Concat", ["early", "late"], ["probabilities"], axis=1),
    ]
    model = helper.make_model(
        helper.make_graph(
            nodes,
            "tiny",
            [helper.make_tensor_value_info(name, kind, [None, 1]) for name, kind in column.items()],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])],
            [helper.make_tensor(name, TensorProto.FLOAT, [], [value]) for name, value in scalars.items()],
        ),
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)],
        ir_version=9,
    )
    checker.check_model(model)
    return model
