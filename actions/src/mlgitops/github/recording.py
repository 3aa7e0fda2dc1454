"""What a run on GitHub trained, carried from the untrusted job to the branch that it belongs to.

The pull request's job may write nothing. It packs dvc.lock, the small files that the stages write for git, and
the objects that its remote lacks; the trusted job checks every byte against its hash before it accepts any.
"""

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec
import yaml

from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage

FOLDER = "recording"
MAX_FILE = 5_000_000  # bytes of a file for git
OBJECT = re.compile(r"files/md5/([0-9a-f]{2})/([0-9a-f]{30})(\.dir)?")
KINDS = ("outs", "metrics", "plots")


@dataclass(frozen=True)
class Recording:
    """A folder with `git/` (dvc.lock and what it names outside the cache) and `objects/` (by hash)."""

    folder: Path

    @property
    def lock(self) -> bytes | None:
        file = self.folder / "git" / "dvc.lock"
        return file.read_bytes() if file.is_file() else None

    def files(self) -> dict[str, bytes]:
        """The files for git, by path; each but the lock must have the hash that the lock gives it."""
        if self.lock is None:
            return {}
        known = locked_hashes(self.lock)
        found = {}
        for path in sorted((self.folder / "git").rglob("*")):
            if path.is_file():
                name = path.relative_to(self.folder / "git").as_posix()
                found[name] = _checked(path, name, known)
        return found

    def objects(self) -> dict[str, Path]:
        """The objects, by their path in a DVC remote; CheckFailed for one whose name is not its hash."""
        root = self.folder / "objects"
        found = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
        for name, path in found.items():
            match = OBJECT.fullmatch(name)
            if not match or match[1] + match[2] != _md5(path):
                raise CheckFailed("The run's artifact holds an object whose name is not its hash", given=name)
        return found


def pack(repository: Repository, folder: Path) -> Recording:
    """Copy what the run made and the repository does not have yet into `folder`; nothing when nothing changed."""
    shutil.rmtree(folder, ignore_errors=True)
    storage = Storage(repository)
    lock = repository.show(None, "dvc.lock")
    if lock is None or lock == repository.show("HEAD", "dvc.lock"):
        return Recording(folder)
    for name in ["dvc.lock", *files_for_git(repository)]:
        _copy(repository.root / name, folder / "git" / name)
    if storage.is_used():
        for name in filter(OBJECT.fullmatch, storage.new_objects()):
            _copy(storage.path / name, folder / "objects" / name)
    return Recording(folder)


def accept(recording: Recording, storage: Storage) -> int:
    """Put the checked objects on the storage branch; returns how many were new there."""
    objects = recording.objects()
    if not objects:
        return 0
    storage.attach()
    for name, path in objects.items():
        if not (storage.path / name).exists():
            _copy(path, storage.path / name)
    return storage.push()


def files_for_git(repository: Repository) -> list[str]:
    """The stages' outputs that are kept in git (`cache: false`) and differ from HEAD."""
    stages = yaml.safe_load(repository.show(None, "dvc.yaml") or b"") or {}
    outs = [out for stage in stages.get("stages", {}).values() for kind in KINDS for out in stage.get(kind, [])]
    kept = {path for out in outs if isinstance(out, dict) for path, how in out.items() if not how.get("cache", True)}
    listed = repository.git("ls-files", "-z", "--modified", "--others", "--exclude-standard", "--", *sorted(kept))
    return [path for path in listed.split("\0") if path] if kept else []


def locked_hashes(lock: bytes) -> dict[str, str]:
    """Path → md5 of every output that a dvc.lock records; CheckFailed where it is not one."""
    try:
        stages = yaml.safe_load(lock)["stages"].values()
        return {out["path"]: out["md5"] for stage in stages for out in stage.get("outs", [])}
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise CheckFailed("The run's dvc.lock can't be read", given=type(error).__name__) from error


def _checked(path: Path, name: str, known: dict[str, str]) -> bytes:
    """The file's bytes, if the lock vouches for them and it is what it says: JSON with finite numbers, or CSV."""
    data = path.read_bytes()
    if len(data) > MAX_FILE:
        raise CheckFailed("A file of the run is too large for git", given=f"{name} ({len(data):,} bytes)")
    if name == "dvc.lock":
        return data
    if PurePosixPath(name).suffix not in (".json", ".csv") or known.get(name) != hashlib.md5(data).hexdigest():
        raise CheckFailed("The run's artifact holds a file that its dvc.lock does not vouch for", given=name)
    if name.endswith(".json"):
        try:
            msgspec.json.decode(data)  # strict: no NaN, no Infinity
        except (msgspec.DecodeError, RecursionError) as error:
            raise CheckFailed(f"{name} of the run is not JSON", given=error) from error
    return data


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
