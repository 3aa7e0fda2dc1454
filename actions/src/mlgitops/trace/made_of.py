"""What a bundle was made of and how well it does, as its commit and its card say."""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

from mlgitops.compare import recorded
from mlgitops.errors import Problem
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.listing import members
from mlgitops.repository.lock import Lock, Out, load
from mlgitops.trace.schema import Data
from mlgitops.versions import bundle

CARD, PACKAGES = "card.json", "requirements.lock"


def data(repository: Repository, commit: str) -> list[Data]:
    """All that `dvc add` tracks at a commit."""
    return [
        Data(path=path, md5=out.md5, size=out.size, files=_files(repository, commit, out))
        for path, out in sorted(Lock.read(repository, commit).data.items())
    ]


def params(repository: Repository, commit: str) -> dict[str, dict[str, Any]]:
    """File → values, as dvc.lock says that the stages read them."""
    found: dict[str, dict[str, Any]] = {}
    for stage in load(repository, commit, "dvc.lock").get("stages", {}).values():
        for file, values in stage.get("params", {}).items():
            found.setdefault(file, {}).update(values)
    return found


def lock(repository: Repository, commit: str) -> str | None:
    """The package lock's hash."""
    content = repository.show(commit, PACKAGES)
    return None if content is None else "sha256:" + hashlib.sha256(content).hexdigest()


def card(repository: Repository, commit: str, out: Out) -> dict[str, Any]:
    """The bundle's card, from this machine or the remote; empty where there is none to be had."""
    name = objects.members(repository, out).get(CARD)
    file = objects.locate(repository, name) if name else None
    try:
        if file and objects.md5(file) == name:
            return json.loads(file.read_bytes())
        with tempfile.TemporaryDirectory() as folder:
            fetched = bundle.fetch(
                repository, path=out.path, rev=commit, expected=out.digest, folder=Path(folder)
            ).joinpath(CARD)
            return json.loads(fetched.read_bytes()) if fetched.is_file() else {}
    except (Problem, ValueError):
        return {}


def metrics(repository: Repository, commit: str, described: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Name → value with its interval, by the card; values alone by reports/metrics.json where the card has none."""
    if found := described.get("metrics"):
        return found
    return {name: {"value": value} for name, value in recorded.metrics(repository, commit).items()}


def _files(repository: Repository, commit: str, out: Out) -> dict[str, str]:
    return {name: md5 for name, md5 in sorted(members(repository, commit, out).items()) if name != "."}
