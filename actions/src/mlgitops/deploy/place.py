"""The folder of one environment on the machine that serves it: what is there, and who may change it now."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mlgitops.deploy.desired import Serving
from mlgitops.deploy.environment import Endpoint
from mlgitops.repository.git import Repository


@dataclass(frozen=True)
class Place:
    """bundles/<digest>/, serving.json, next.json, deployments.jsonl, logs/; beside it ../releases/."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def bundles(self) -> Path:
        return self.folder / "bundles"

    @property
    def releases(self) -> Path:
        """Shared by the environments: a release never changes, and production runs what staging ran."""
        return self.folder.parent / "releases"

    @property
    def serving(self) -> Path:
        """What the service serves, also after a restart."""
        return self.folder / "serving.json"

    @property
    def next(self) -> Path:
        """What it is asked to serve; it takes the place of serving.json once it is proven."""
        return self.folder / "next.json"

    @property
    def journal(self) -> Path:
        return self.folder / "deployments.jsonl"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone in this folder; waits for another deploy of the same environment, and says so."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"Another deploy of {self.name} is running here: waiting for it.", flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def write_next(self, *, commit: str, wanted: Serving, bundles: dict[str, Path]) -> None:
        """Write next.json; bundles: version → the folder of its bundle."""
        state = {
            "schema": 2,
            "environment": self.name,
            "commit": commit,
            "models": {
                version: {"digest": digest, "bundle": str(bundles[version])}
                for version, digest in wanted.models.items()
            },
            "endpoints": {name: _shown(endpoint) for name, endpoint in wanted.endpoints.items()},
        }
        beside = self.folder / ".next.json"
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(state)))
        beside.replace(self.next)


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    """An endpoint as the service reads it."""
    if endpoint.pipeline:
        return {"pipeline": endpoint.pipeline}
    return {"routes": endpoint.routes, "sticky": endpoint.sticky, "shadow": endpoint.shadow}


def root(repository: Repository | None, given: Path | None = None) -> Path:
    """Where environments are kept: as given, MLGITOPS_DEPLOY_ROOT, or the user's state folder by repository."""
    if chosen := given or os.environ.get("MLGITOPS_DEPLOY_ROOT"):
        return Path(chosen).expanduser().resolve()
    name = os.environ.get("GITHUB_REPOSITORY") or (repository or Repository.here()).root.name
    return Path.home() / ".local" / "state" / "mlgitops" / name
