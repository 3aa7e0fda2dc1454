"""Model bundles: their digest, and how they are fetched and proven."""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from mlgitops.audit.preflight import require_answer
from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage
from mlgitops.repository.tools import environment, last_words, tool


def digest(folder: Path) -> str:
    """DVC's hash of a folder: the md5 of the JSON list of its files' md5 and relative paths, in path order."""
    paths = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    listing = [{"md5": _md5((folder / path).read_bytes()), "relpath": path} for path in paths]
    return "md5:" + _md5(json.dumps(listing).encode())


def fetch(repository: Repository, *, path: str, rev: str, expected: str, folder: Path) -> Path:
    """The bundle of a revision, in a place of its own under `folder`; CheckFailed unless it has the expected digest.

    A place is named after its digest and never changed, so what serves can't be touched by a later deploy.
    """
    place = folder / expected.removeprefix("md5:")
    if place.is_dir() and digest(place) == expected:
        return place
    require_answer(repository)
    Storage(repository).refresh()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as beside:
        fetched = Path(beside, "bundle")
        _get(repository, path, rev, fetched)
        if (found := digest(fetched)) != expected:
            raise CheckFailed(f"The bundle of {rev} is not the registered one", given=f"{found}, not {expected}")
        shutil.rmtree(place, ignore_errors=True)
        fetched.rename(place)
    return place


def _get(repository: Repository, path: str, rev: str, target: Path) -> None:
    """Fetch from the remote, past any local cache: what nobody else could have is no registered bundle."""
    dvc = [tool(repository.root, "dvc"), "get", ".", path, "--rev", rev]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config")
        config.write_text(_past_the_cache(repository, Path(folder, "cache")))
        done = subprocess.run(
            [*dvc, "--config", str(config), "-o", str(target)],
            cwd=repository.root,
            env=environment(repository.root),
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise CheckFailed(
            f"{path} of {rev} can't be fetched from the DVC remote",
            given=last_words(done.stderr.splitlines()),
            next="Run dvc push on the machine that trained it",
        )


def _past_the_cache(repository: Repository, empty: Path) -> str:
    """DVC's configuration with an empty cache; a relative remote would be looked for elsewhere with it."""
    config, storage = f"[cache]\n    dir = {empty}\n", Storage(repository)
    return config + (f"['remote \"{storage.name}\"']\n    url = {storage.path}\n" if storage.is_used() else "")


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
