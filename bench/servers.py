"""The servers that are measured side by side: how each is made ready, started and asked."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from demo.place import ROOT

PEERS = ROOT / "bench" / "peers"
MODEL = "late-arrival"
Rows = list[dict]


@dataclass(frozen=True)
class Server:
    """command: {port} is filled in. body: rows as it takes them. scores: what it answered for them."""

    name: str
    command: list[str]
    path: str
    body: Callable[[Rows], bytes]
    scores: Callable[[dict | list], list[float]]
    environment: dict[str, str] = field(default_factory=dict)


def ours(python: Path, bundle: Path, folder: Path, **environment: str) -> Server:
    """The project's service as in production: two routes, assigned by a field of the row, metrics and log on."""
    models = {
        f"{MODEL}@{version}": _version(python, bundle, folder / "bundles" / version) for version in ("v1.0.0", "v1.1.0")
    }
    routes = [{"model": model, "weight": 50} for model in models]
    routes = [{"model": model, "weight": 100} for model in list(models)[:1]]
    endpoints = {MODEL: {"routes": routes}}
    state = {"schema": 2, "environment": "production", "commit": "0" * 40, "models": models, "endpoints": endpoints}
    (folder / "serving.json").write_text(json.dumps(state))
    return Server(
        name="this service",
        command=[str(python), "-m", "flight_delays.service", str(folder), "--port", "{port}"],
        path=f"/v1/{MODEL}/predict",
        body=lambda rows: _json(rows[0] if len(rows) == 1 else rows),
        scores=lambda answer: [each["probability"] for each in answer["predictions"]],
        environment=environment,
    )


def _version(python: Path, bundle: Path, copy: Path) -> dict:
    """A copy of the bundle that differs from the others in its card: another digest, the same scores."""
    shutil.copytree(bundle, copy, dirs_exist_ok=True)
    (copy / "card.md").write_text(copy.name)
    code = "import sys; from pathlib import Path; from flight_delays.service.bundle import digest; print(digest(Path(sys.argv[1])))"
    done = subprocess.run([str(python), "-c", code, str(copy)], check=True, capture_output=True, text=True)
    return {"digest": done.stdout.strip(), "bundle": str(copy)}


def mlflow(bundle: Path, rows: Rows, folder: Path) -> Server:
    """`mlflow models serve` of the bundle's estimator, saved with a signature."""
    python = _environment("mlflow")
    (folder / "rows.json").write_bytes(_json(rows))
    save = [str(python), str(PEERS / "mlflow_model.py"), str(bundle), str(folder / "rows.json"), str(folder / "model")]
    subprocess.run(save, check=True, capture_output=True)
    serve = [str(python.with_name("mlflow")), "models", "serve", "--model-uri", str(folder / "model")]
    return Server(
        name="MLflow",
        command=[*serve, "--port", "{port}", "--workers", "1", "--env-manager", "local"],
        path="/invocations",
        body=lambda rows: _json({"dataframe_records": rows}),
        scores=lambda answer: [probability for _, probability in answer["predictions"]],
        environment={"PATH": f"{python.parent}:{os.environ['PATH']}"},
    )


def bentoml(bundle: Path) -> Server:
    """A BentoML service over the bundle's graph."""
    python = _environment("bentoml")
    serve = [str(python.with_name("bentoml")), "serve", "bentoml_service:LateArrival"]
    return Server(
        name="BentoML",
        command=[*serve, "--working-dir", str(PEERS), "--port", "{port}"],
        path="/predict",
        body=lambda rows: _json({"rows": rows}),
        scores=lambda answer: answer,
        environment={"BUNDLE": str(bundle), "BENTOML_DO_NOT_TRACK": "True"},
    )


def _environment(name: str) -> Path:
    """The Python of a peer's own environment, from its lock."""
    venv, uv = ROOT / "build" / "peers" / name, str(ROOT / ".venv" / "bin" / "uv")
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([uv, "venv", "--quiet", str(venv)], check=True)
    install = [uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", "--python", str(python)]
    subprocess.run([*install, str(PEERS / f"{name}.lock")], check=True)
    return python


def _json(value) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
