"""The folder that an environment's image is built from: code, bundles, state and locked packages, as committed."""

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mlgitops.deploy import place, release
from mlgitops.deploy.journal import say
from mlgitops.environments import environment
from mlgitops.environments.desired import Model, Serving, resolve
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from mlgitops.versions import bundle

DOCKERFILE, STATE = "deploy/Dockerfile", "state/serving.json"


@dataclass(frozen=True)
class Context:
    folder: Path

    @property
    def state(self) -> bytes:
        """serving.json: what the image serves."""
        return (self.folder / STATE).read_bytes()

    @property
    def key(self) -> str:
        """Of the content, whatever commit it was made of: 16 hex digits. The same key, the same image."""
        listing = hashlib.sha256()
        for file in sorted(file for file in self.folder.rglob("*") if file.is_file()):
            path = file.relative_to(self.folder).as_posix()
            content = _without_commit(self.state) if path == STATE else file.read_bytes()
            listing.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\n".encode())
        return listing.hexdigest()[:16]


def make(repository: Repository, name: str, folder: Path) -> Context:
    """What the environment's file names at HEAD, in the place of `folder`; the same commit gives the same bytes.

    CheckFailed where a version is not registered or its bundle is another one; NothingRegistered as in a deploy.
    """
    wanted = environment.read(repository, name)
    serving = resolve(repository, wanted)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as beside:
        built = Path(beside, "image")
        (built / "state").mkdir(parents=True)
        _write_files(repository, wanted.service, built)
        _write_models(repository, name, serving, built)
        _settle(built, int(repository.git("show", "--no-patch", "--format=%ct", "HEAD")))
        shutil.rmtree(folder, ignore_errors=True)
        built.rename(folder)
    return Context(folder)


def _write_files(repository: Repository, service: str, built: Path) -> None:
    dockerfile = repository.show("HEAD", DOCKERFILE)
    if dockerfile is None:
        raise CannotCheck(
            "There is no such file at this commit", given=DOCKERFILE, next="Nothing else builds the image"
        )
    (built / "Dockerfile").write_bytes(dockerfile)
    (built / "requirements.lock").write_bytes(repository.show("HEAD", "requirements.lock") or b"")
    (built / "serve.txt").write_text("".join(f"{each}\n" for each in release.requirements(repository, "HEAD")))
    release.extract(repository, service, "HEAD", built / "code")


def _write_models(repository: Repository, name: str, serving: Serving, built: Path) -> None:
    paths = {}
    for version, digest in serving.models.items():
        say(f"Fetching {version}, {digest}")
        path = Model(version, digest).path
        fetched = bundle.fetch(repository, path=path, rev=version, expected=digest, folder=built / "bundles")
        paths[version] = f"../bundles/{fetched.name}"  # from the state's folder, here and in the image
    state = place.state(name, commit=repository.rev_parse("HEAD"), wanted=serving, bundles=paths)
    (built / STATE).write_bytes(state)


def _settle(folder: Path, time: int) -> None:
    """Modes and times that depend on the commit alone: an image's layers hold them, too."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (time, time))


def _without_commit(state: bytes) -> bytes:
    return json.dumps(json.loads(state) | {"commit": None}).encode()
