"""The folder of one environment on the machine that serves it: what is there, and who may change it now."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint
from mlgitops.repository.git import Repository

SMOKE_TEST = "smoke-test"  # the unit of a deploy's own requests: who reads the logs leaves it out


@dataclass(frozen=True)
class Place:
    """bundles/<digest>/, logs/, deployments.jsonl, newest; serving.json, next.json, before.json.

    Beside it ../releases/.
    """

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
    def before(self) -> Path:
        """What served before a deploy that has not ended yet: without content, if nothing did.

        While it is there, what serves is not known to have passed its smoke test.
        """
        return self.folder / "before.json"

    @property
    def journal(self) -> Path:
        return self.folder / "deployments.jsonl"

    @property
    def newest(self) -> str | None:
        """The commit that this environment was made to fit last, whether that changed anything or not."""
        return self._newest.read_text().strip() if self._newest.is_file() else None

    @property
    def _newest(self) -> Path:
        return self.folder / "newest"

    def settle(self, commit: str) -> None:
        """What serves is what is wanted at this commit, and proven."""
        self._write(self._newest, f"{commit}\n".encode())
        self.before.unlink(missing_ok=True)

    def forget(self) -> None:
        """Nothing is meant to serve here any more: the next deploy may be of any commit."""
        self._newest.unlink(missing_ok=True)

    def remember(self) -> None:
        """Keep what serves, to go back to; what an earlier deploy kept and did not come to an end with, stays."""
        if not self.before.exists():
            self._write(self.before, self.serving.read_bytes() if self.serving.is_file() else b"")

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
        self._write(self.next, state(self.name, commit=commit, wanted=wanted, bundles=bundles))

    def _write(self, file: Path, content: bytes) -> None:
        beside = file.with_name(f".{file.name}")
        beside.write_bytes(content)
        beside.replace(file)


def state(environment: str, *, commit: str, wanted: Serving, bundles: Mapping[str, Path | str]) -> bytes:
    """serving.json. bundles: version → the folder of its bundle; a relative one starts at the state's own folder."""
    models = {version: {"digest": digest, "bundle": str(bundles[version])} for version, digest in wanted.models.items()}
    endpoints = {name: _shown(endpoint) for name, endpoint in wanted.endpoints.items()}
    found = {"schema": 2, "environment": environment, "commit": commit, "models": models, "endpoints": endpoints}
    return msgspec.json.format(msgspec.json.encode(found))


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
