"""Linear models of any inputs, state files that name them, and a service in this process for the file."""

import asyncio
import json
import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow.dataset as ds
import pytest
from onnx import TensorProto, helper, save

from {{ cookiecutter.package }}.service.http.admission import Admission
from {{ cookiecutter.package }}.service.models.bundle import digest
from {{ cookiecutter.package }}.service.server import Service
from {{ cookiecutter.package }}.service.state import Serving

TYPES = {"float": TensorProto.FLOAT, "int": TensorProto.INT64, "string": TensorProto.STRING}


class Deployed:
    """A service without a socket. The shadows' thread runs while it is entered."""

    def __init__(self, file: Path) -> None:
        self._folder, self.serving = file.parent, Serving.load(file)
        self.service = Service(self.serving, self._folder)
        self._app = Admission(self.service, self.service.metrics.overload)

    def __enter__(self) -> "Deployed":
        self.service.shadows.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.service.shadows.stop()

    def post(self, endpoint: str, rows: Any, **headers: str) -> httpx.Response:
        """headers: X_Unit="…" for X-Unit."""

        async def ask() -> httpx.Response:
            wire = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=wire, base_url="http://here") as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.post(f"/v1/{endpoint}/predict", json=rows, headers=named)

        return asyncio.run(ask())

    def predict(self, endpoint: str, rows: Any, **headers: str) -> list[dict]:
        answer = self.post(endpoint, rows, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["predictions"]

    def logged(self, endpoint: str) -> list[dict]:
        """What is in the log of an endpoint by now."""
        self.service.log.gather()
        self.service.log.write()
        folder = self._folder / "predictions" / endpoint
        return ds.dataset(folder).to_table().to_pylist() if folder.exists() else []

    def count(self, name: str, **labels: str) -> float:
        """A counter of /metrics."""
        return self.service.metrics.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture
def deployed(tmp_path: Path) -> Callable[..., Deployed]:
    """deployed({"a@v1.0.0": model(...)}, {"a": {"routes": [...]}}): the state file, and what serves it."""

    def deploy(models: dict[str, dict], endpoints: dict[str, dict]) -> Deployed:
        return Deployed(state_file(tmp_path, models, endpoints))

    return deploy


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """The state file alone."""
    return lambda models, endpoints: state_file(tmp_path, models, endpoints)


@pytest.fixture(scope="session")
def model() -> Callable[..., dict]:
    return described


@pytest.fixture(scope="session")
def routes() -> Callable[..., dict]:
    """routes(a=90, b=10): weights by model."""
    return lambda weights, **more: {
        "routes": [{"model": name, "weight": weight} for name, weight in weights.items()],
        **more,
    }


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Set at the end, so that no thread waits on."""
    event = threading.Event()
    yield event
    event.set()


def state_file(folder: Path, models: dict[str, dict], endpoints: dict[str, dict]) -> Path:
    stored = {}
    for name, content in models.items():
        bundle = folder / "bundles" / name
        if not bundle.exists():
            write_bundle(bundle, **content)
        stored[name] = {"digest": digest(bundle), "bundle": str(bundle)}
    state = {"schema": 2, "environment": "test", "models": stored, "endpoints": endpoints}
    (folder / "serving.json").write_text(json.dumps(state))
    return folder / "serving.json"


def described(
    slopes: dict[str, float], *, task: str = "binary", output: str = "probability", **more: Any
) -> dict:
    """A model that adds up its inputs by their slopes; a binary one makes a probability of it.

    more: threshold, or an input's description by its name: {"nullable": True}.
    """
    threshold = more.pop("threshold", 0.5 if task == "binary" else None)
    inputs = [{"name": name, "type": "float", **more.get(name, {})} for name in slopes]
    return {"slopes": slopes, "task": task, "output": output, "threshold": threshold, "inputs": inputs}


def write_bundle(
    folder: Path, slopes: dict, task: str, output: str, threshold: float | None, inputs: list
) -> None:
    folder.mkdir(parents=True)
    save(graph(slopes, {each["name"]: each["type"] for each in inputs}, task), folder / "model.onnx")
    row = {each["name"]: each.get("minimum", 1) for each in inputs if each["type"] != "string"}
    row |= {each["name"]: "1" for each in inputs if each["type"] == "string"}
    total = sum(slope * float(row[name]) for name, slope in slopes.items())
    signature = {
        "schema": 1,
        "name": "linear",
        "task": task,
        "threshold": threshold,
        "inputs": inputs,
        "outputs": [{"name": output}],
        "examples": [{"inputs": row, "output": 1 / (1 + math.exp(-total)) if task == "binary" else total}],
        "onnx_output": "found",
    }
    (folder / "signature.json").write_text(json.dumps(signature))


def graph(slopes: dict[str, float], types: dict[str, str], task: str) -> Any:
    """A text is read as a number: one that is none fails the whole run, as a broken graph does."""
    nodes = []
    for name in slopes:
        nodes += [
            helper.make_node("Cast", [name], [f"{name}.number"], to=TensorProto.FLOAT),
            helper.make_node("IsNaN", [f"{name}.number"], [f"{name}.missing"]),
            helper.make_node("Where", [f"{name}.missing", "zero", f"{name}.number"], [f"{name}.filled"]),
            helper.make_node("Mul", [f"{name}.filled", f"{name}.slope"], [f"{name}.effect"]),
        ]
    nodes.append(helper.make_node("Sum", [f"{name}.effect" for name in slopes], ["total"]))
    nodes.append(helper.make_node("Sigmoid" if task == "binary" else "Identity", ["total"], ["found"]))
    scalars = {"zero": 0.0} | {f"{name}.slope": slope for name, slope in slopes.items()}
    return helper.make_model(
        helper.make_graph(
            nodes,
            "linear",
            [helper.make_tensor_value_info(name, TYPES[types[name]], [None, 1]) for name in slopes],
            [helper.make_tensor_value_info("found", TensorProto.FLOAT, [None, 1])],
            [helper.make_tensor(name, TensorProto.FLOAT, [], [value]) for name, value in scalars.items()],
        ),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=9,
    )
