"""A release: the service's code at a commit and an environment of its own, apart from any checkout.

A job's workspace is wiped when the next one starts; what serves must not live in it.
"""

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlgitops.deploy.journal import say
from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.tools import environment, tool

EXTRA = "serve"


@dataclass(frozen=True)
class Release:
    """module: the service. code: the folder that it is imported from. python: the interpreter with its packages."""

    module: str
    code: Path
    python: Path

    def check(self, place: Path, state: str) -> None:
        """Let the service prove a state file in a process of its own; CheckFailed with its reason."""
        done = subprocess.run(
            [self.python, "-m", self.module, place, "--check", state],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(self.code)},
            cwd=place,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()
            raise CheckFailed("The service refuses it", given=said[-1] if said else f"exit {done.returncode}")


def make(repository: Repository, module: str, rev: str, folder: Path) -> Release:
    """The release of the service at a revision, in places under `folder` that are named after their content.

    What has not changed is not made again: neither the code, nor the packages that the lock and the extra name.
    """
    _, paths = _find(repository, module, rev)
    files = repository.git("ls-tree", "-r", rev, "--", *paths)
    code = _once(folder, "code", files, lambda place: extract(repository, module, rev, place))
    needed, lock = requirements(repository, rev), repository.show(rev, "requirements.lock") or b""
    named = "\n".join([sys.version, *needed, lock.decode()])
    packages = _once(folder, "packages", named, lambda place: _install(repository, place, needed, lock))
    return Release(module, code, packages / ".venv" / "bin" / "python")


def _once(folder: Path, kind: str, content: str, build: Callable[[Path], None]) -> Path:
    """The place for this content; built beside it and renamed where it is not there yet."""
    place = folder / f"{kind}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    if place.is_dir():
        return place
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as beside:
        built = Path(beside, kind)
        built.mkdir()
        build(built)
        if not place.is_dir():  # another environment may have been faster
            built.rename(place)
    return place


def _find(repository: Repository, module: str, rev: str) -> tuple[str, list[str]]:
    """Where the imports begin (src or the top), and the service's folder with the __init__.py files above it."""
    parts = module.split(".")
    for base in ("src/", ""):
        if repository.show(rev, f"{base}{'/'.join(parts)}/__main__.py") is not None:
            above = [f"{base}{'/'.join(parts[:n])}/__init__.py" for n in range(1, len(parts))]
            there = [path for path in above if repository.show(rev, path) is not None]
            return base, [*there, base + "/".join(parts)]
    raise CheckFailed("There is no such service at this commit", given=module, next="Mend `service:`")


def requirements(repository: Repository, rev: str) -> list[str]:
    """The packages that the service needs, by name; the lock says their versions."""
    project = tomllib.loads((repository.show(rev, "pyproject.toml") or b"").decode())
    extras = project.get("project", {}).get("optional-dependencies", {})
    if EXTRA not in extras:
        raise CheckFailed(
            "pyproject.toml does not say what the service needs", next=f"List it under the extra '{EXTRA}'"
        )
    return extras[EXTRA]


def extract(repository: Repository, module: str, rev: str, target: Path) -> None:
    """The service's code at a revision; imports begin at target."""
    base, paths = _find(repository, module, rev)
    packed = repository.try_git("archive", "--format=tar", f"{rev}:{base}", *(p.removeprefix(base) for p in paths))
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(target, filter="data")


def _install(repository: Repository, place: Path, requirements: list[str], lock: bytes) -> None:
    say("Installing the service's packages")
    (place / "requirements.lock").write_bytes(lock)
    uv, env = tool(repository.root, "uv"), environment(repository.root) | {"UV_COMPILE_BYTECODE": "1"}
    where = ["--python", str(place / ".venv" / "bin" / "python")]
    for command in (
        ["venv", "--quiet", "--python", sys.executable, str(place / ".venv")],
        ["pip", "install", "--quiet", *where, "--verify-hashes", "-c", "requirements.lock", *requirements],
    ):
        done = subprocess.run([uv, *command], cwd=place, env=env, capture_output=True, text=True)
        if done.returncode:
            raise CheckFailed("The service's packages can't be installed", given=" ".join(done.stderr.split())[-400:])
