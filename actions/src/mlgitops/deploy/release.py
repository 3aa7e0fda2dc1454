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
from dataclasses import dataclass
from pathlib import Path

from mlgitops.errors import CheckFailed
from mlgitops.pipeline.tools import environment, tool
from mlgitops.repository.git import Repository

EXTRA = "serve"


@dataclass(frozen=True)
class Release:
    folder: Path
    module: str

    @property
    def python(self) -> Path:
        return self.folder / ".venv" / "bin" / "python"

    @property
    def path(self) -> Path:
        """The folder that Python imports the service from."""
        return self.folder / "code"

    def check(self, place: Path, state: str) -> None:
        """Let the service prove a state file in a process of its own; CheckFailed with its reason."""
        done = subprocess.run(
            [self.python, "-m", self.module, place, "--check", state],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(self.path)},
            cwd=place,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()
            raise CheckFailed("The service refuses it", given=said[-1] if said else f"exit {done.returncode}")


def make(repository: Repository, module: str, rev: str, folder: Path) -> Release:
    """The release of the service at a revision: found under `folder` by its key, or built there.

    The key is made of the service's code, its requirements and the lock: only a change of these is a new release.
    """
    base, paths = _code(repository, module, rev)
    requirements = _requirements(repository, rev)
    lock = repository.show(rev, "requirements.lock") or b""
    trees = repository.git("ls-tree", "-r", rev, "--", *paths)
    key = hashlib.sha256("\n".join([trees, *requirements, sys.version]).encode() + lock).hexdigest()[:16]
    release = Release(folder / key, module)
    if release.folder.is_dir():
        return release
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as beside:
        built = Path(beside, key)
        _extract(repository, rev, paths, base, built / "code")
        (built / "requirements.lock").write_bytes(lock)
        _install(repository, built, requirements)
        if not release.folder.is_dir():  # another environment may have been faster
            built.rename(release.folder)
    return release


def _code(repository: Repository, module: str, rev: str) -> tuple[str, list[str]]:
    """Where the imports begin (src or the top), and the service's folder with the __init__.py files above it."""
    parts = module.split(".")
    for base in ("src/", ""):
        if repository.show(rev, f"{base}{'/'.join(parts)}/__main__.py") is not None:
            above = [f"{base}{'/'.join(parts[:n])}/__init__.py" for n in range(1, len(parts))]
            there = [path for path in above if repository.show(rev, path) is not None]
            return base, [*there, base + "/".join(parts)]
    raise CheckFailed("There is no such service at this commit", given=module, next="Mend `service:`")


def _requirements(repository: Repository, rev: str) -> list[str]:
    project = tomllib.loads((repository.show(rev, "pyproject.toml") or b"").decode())
    extras = project.get("project", {}).get("optional-dependencies", {})
    if EXTRA not in extras:
        raise CheckFailed(
            "pyproject.toml does not say what the service needs", next=f"List it under the extra '{EXTRA}'"
        )
    return extras[EXTRA]


def _extract(repository: Repository, rev: str, paths: list[str], base: str, target: Path) -> None:
    packed = repository.try_git("archive", "--format=tar", f"{rev}:{base}", *(p.removeprefix(base) for p in paths))
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(target, filter="data")


def _install(repository: Repository, built: Path, requirements: list[str]) -> None:
    uv, env = tool(repository.root, "uv"), environment(repository.root) | {"UV_COMPILE_BYTECODE": "1"}
    where = ["--python", str(built / ".venv" / "bin" / "python")]
    for command in (
        ["venv", "--quiet", "--python", sys.executable, str(built / ".venv")],
        ["pip", "install", "--quiet", *where, "--verify-hashes", "-c", "requirements.lock", *requirements],
    ):
        done = subprocess.run([uv, *command], cwd=built, env=env, capture_output=True, text=True)
        if done.returncode:
            raise CheckFailed("The service's packages can't be installed", given=" ".join(done.stderr.split())[-400:])
