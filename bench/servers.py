"""The servers that are measured side by side: how each is made ready, started and asked."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from demo.place import ROOT
from mlgitops.deploy.place import Place
from mlgitops.deploy.release import Release
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.versions.bundle import digest

PEERS = ROOT / "bench" / "peers"
MODEL = "late-arrival"
VERSIONS = {f"{MODEL}@v1.0.0": 90, f"{MODEL}@v1.1.0": 10}
STICKY = "tailnum"
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


def ours(release: Release, bundle: Path, folder: Path, workers: int = 1) -> Server:
    """The service as a deploy leaves it: two routes, assigned by a field of the row; metrics and log are on."""
    place = Place(folder / "production")
    copies = {version: _copy(bundle, place.bundles / version) for version in VERSIONS}
    routes = [Route(version, weight) for version, weight in VERSIONS.items()]
    wanted = Serving(
        models={version: digest(copy) for version, copy in copies.items()},
        endpoints={MODEL: Endpoint(routes=routes, sticky=STICKY)},
    )
    place.write_next(commit="0" * 40, wanted=wanted, bundles=copies)
    place.next.replace(place.serving)
    return Server(
        name="this service" if workers == 1 else f"this service, {workers} workers",
        command=[str(release.python), "-m", release.module, str(place.folder), "--port", "{port}"]
        + (["--workers", str(workers)] if workers > 1 else []),
        path=f"/v1/{MODEL}/predict",
        body=lambda rows: _json(rows[0] if len(rows) == 1 else rows),
        scores=lambda answer: [each["probability"] for each in answer["predictions"]],
        environment={"PYTHONPATH": str(release.code)},
    )


def constant(release: Release) -> Server:
    """The same HTTP server, answering at once."""
    return Server(
        name="constant",
        command=[str(release.python), str(PEERS / "constant.py"), release.module, "{port}"],
        path="/",
        body=lambda rows: _json(rows[0]),
        scores=lambda answer: [each["probability"] for each in answer["predictions"]],
        environment={"PYTHONPATH": str(release.code)},
    )


def mlflow(bundle: Path, rows: Rows, folder: Path) -> Server:
    """`mlflow models serve` of the bundle's estimator, saved with a signature."""
    python = _environment("mlflow")
    (folder / "rows.json").write_bytes(_json(_inputs(rows)))
    save = [str(python), str(PEERS / "mlflow_model.py"), str(bundle), str(folder / "rows.json"), str(folder / "model")]
    subprocess.run(save, check=True, capture_output=True)
    serve = [str(python.with_name("mlflow")), "models", "serve", "--model-uri", str(folder / "model")]
    return Server(
        name="MLflow",
        command=[*serve, "--port", "{port}", "--workers", "1", "--env-manager", "local"],
        path="/invocations",
        body=lambda rows: _json({"dataframe_records": _inputs(rows)}),
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
        body=lambda rows: _json({"rows": _inputs(rows)}),
        scores=lambda answer: answer,
        environment={"BUNDLE": str(bundle), "BENTOML_DO_NOT_TRACK": "True"},
    )


def _copy(bundle: Path, folder: Path) -> Path:
    """A bundle that differs from the others in its card: another digest, the same scores."""
    shutil.copytree(bundle, folder, dirs_exist_ok=True)
    (folder / "card.md").write_text(folder.name)
    return folder


def _inputs(rows: Rows) -> Rows:
    """Rows for a server that knows the model's inputs only."""
    return [{name: value for name, value in row.items() if name != STICKY} for row in rows]


def _environment(name: str) -> Path:
    """The Python of a peer's own environment, from its lock."""
    venv, uv = ROOT / "build" / "peers" / name, str(ROOT / ".venv" / "bin" / "uv")
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)], check=True)
    install = [uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", "--python", str(python)]
    subprocess.run([*install, str(PEERS / f"{name}.lock")], check=True)
    return python


def _json(value) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
