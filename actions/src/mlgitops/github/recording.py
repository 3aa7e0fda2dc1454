"""What a run on GitHub trained, carried from the untrusted job to the branch that it belongs to.

The pull request's job may write nothing. It packs dvc.lock, the small files that the stages write for git, and
the objects that its remote lacks; the trusted job checks every byte against its hash before it accepts any.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from mlgitops import strict
from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import load, outputs
from mlgitops.repository.objects import NAME, md5
from mlgitops.repository.storage import Storage
from mlgitops.versions import bundle

FOLDER = "recording"
MAX_FILE = 5_000_000  # bytes of a file for git
FORMATS = (".json", ".csv")


@dataclass(frozen=True)
class Recording:
    """A folder with `git/` (dvc.lock and what it names outside the cache) and `objects/` (by hash)."""

    folder: Path

    @property
    def lock(self) -> bytes | None:
        file = self.folder / "git" / "dvc.lock"
        return file.read_bytes() if file.is_file() else None

    def files(self) -> dict[str, bytes]:
        """The files for git, by path; each but the lock must have the hash that the lock gives it or its folder."""
        if self.lock is None:
            return {}
        root, known = self.folder / "git", locked_hashes(_read(self.folder / "git" / "dvc.lock", "dvc.lock"))
        paths = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
        for name in paths:
            if name != "dvc.lock" and not _vouched(root, name, known):
                raise CheckFailed("The run's artifact holds a file that its dvc.lock does not vouch for", given=name)
        return {name: _read(path, name) for name, path in paths.items()}

    def objects(self) -> dict[str, Path]:
        """The objects, by their path in a DVC remote; CheckFailed for one whose name is not its hash."""
        root = self.folder / "objects"
        found = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
        for name, path in found.items():
            match = NAME.fullmatch(name)
            if not match or match[1] + match[2] != md5(path):
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
        for name in filter(NAME.fullmatch, storage.new_objects()):
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
    """The files of the stages' outputs that are kept in git (`cache: false`), whole folders included."""
    stages = load(repository, None, "dvc.yaml").get("stages", {}).values()
    made = [pair for stage in stages for pair in outputs(stage).items()]
    kept = [repository.root / path for path, how in made if not how.get("cache", True)]
    files = [file for path in kept for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    return sorted(file.relative_to(repository.root).as_posix() for file in files)


def locked_hashes(lock: bytes) -> dict[str, str]:
    """Path → md5 of every output that a dvc.lock records; CheckFailed where it is not one."""
    try:
        stages = strict.load(lock, "dvc.lock")["stages"].values()
        return {out["path"]: out["md5"] for stage in stages for out in stage.get("outs", [])}
    except (CannotCheck, KeyError, TypeError, AttributeError) as error:
        raise CheckFailed("The run's dvc.lock can't be read", given=type(error).__name__) from error


def _vouched(root: Path, name: str, known: dict[str, str]) -> bool:
    """Whether the lock gives this hash to the file, or to a folder that it lies in."""
    for path in [PurePosixPath(name), *PurePosixPath(name).parents]:
        if str(path) in known:
            found = root / path
            mine = bundle.digest(found).removeprefix("md5:") + ".dir" if found.is_dir() else md5(found)
            return mine == known[str(path)] and PurePosixPath(name).suffix in FORMATS
    return False


def _read(path: Path, name: str) -> bytes:
    """The file's bytes, if it is as small as git wants it, text, and JSON where its name says so."""
    data = path.read_bytes()
    if len(data) > MAX_FILE:
        raise CheckFailed("A file of the run is too large for git", given=f"{name} ({len(data):,} bytes)")
    try:
        data.decode()
        if name.endswith(".json"):
            msgspec.json.decode(data)  # strict: no NaN, no Infinity
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise CheckFailed(f"{name} of the run can't be read", given=error) from error
    return data


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
