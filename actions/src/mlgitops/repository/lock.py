"""What DVC recorded at a commit: inputs of stages and outputs with their hashes, read without DVC."""

from dataclasses import dataclass

import yaml

from mlgitops import strict
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository


@dataclass(frozen=True, kw_only=True)
class Out:
    """An output: the md5 of a file, or of a folder's listing (ending in .dir); size in bytes."""

    path: str
    md5: str
    size: int
    nfiles: int | None = None

    @property
    def digest(self) -> str:
        """The form in which people meet it: comment, tag and /status show the same text."""
        return "md5:" + self.md5.removesuffix(".dir")


@dataclass(frozen=True)
class Lock:
    """outs: path → Out, of the pipeline's stages. data: the same for what `dvc add` tracks."""

    outs: dict[str, Out]
    data: dict[str, Out]

    @classmethod
    def read(cls, repository: Repository, rev: str | None = None) -> "Lock":
        """The lock at a revision (None: the working tree); empty where nothing was recorded yet."""
        locked = load(repository, rev, "dvc.lock").get("stages", {})
        outs = _outs(out for stage in locked.values() for out in stage.get("outs", []))
        data = {}
        for path in dvc_files(repository, rev):
            folder = path.rpartition("/")[0]
            for name, out in _outs(load(repository, rev, path).get("outs", [])).items():
                data[f"{folder}/{name}" if folder else name] = out
        return cls(outs, data)


def load(repository: Repository, rev: str | None, path: str) -> dict:
    """A YAML mapping at a revision; empty where the file does not exist."""
    try:
        found = yaml.load(repository.show(rev, path) or b"", strict.LOADER) or {}
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f":{where.line + 1}" if where else ""
        raise CannotCheck(f"{path}{line} is not YAML", given=getattr(error, "problem", error)) from error
    if not isinstance(found, dict):
        raise CannotCheck(f"{path} is not a mapping", given=type(found).__name__)
    return found


def dvc_files(repository: Repository, rev: str | None = None) -> list[str]:
    """The paths of the .dvc files, each of which tracks a file or folder."""
    listing = (
        ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.dvc")
        if rev is None
        else ("ls-tree", "-r", "-z", "--name-only", rev)
    )
    return [path for path in repository.git(*listing).split("\0") if path.endswith(".dvc")]


def pipeline_inputs(repository: Repository, rev: str | None = None) -> set[str]:
    """Every path whose change can change the model: the stages' dependencies and what configures them."""
    stages = load(repository, rev, "dvc.yaml").get("stages", {})
    found = {"dvc.yaml", "dvc.lock", "params.yaml", "requirements.lock", "pyproject.toml", ".dvc/config"}
    for stage in stages.values():
        found.update(stage.get("deps", []))
    return found | set(dvc_files(repository, rev))


def outputs(stage: dict) -> dict[str, dict]:
    """Path → options of all that a stage of dvc.yaml makes, metrics and plots included; do: a stage of a loop."""
    stage = stage.get("do", stage)
    made = [out for kind in ("outs", "metrics", "plots") for out in stage.get(kind, [])]
    pairs = (pair for out in made for pair in (out.items() if isinstance(out, dict) else [(out, None)]))
    return {path: how or {} for path, how in pairs}


def _outs(entries) -> dict[str, Out]:
    return {
        out["path"]: Out(path=out["path"], md5=out["md5"], size=out.get("size", 0), nfiles=out.get("nfiles"))
        for out in entries
        if "md5" in out
    }
