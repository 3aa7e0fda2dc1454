"""What changed between two commits: parameters, gates, packages, tracked data, code."""

import json
import re
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from mlgitops.report.schema import Changes, CodeChange, DataChange, DataState, ValueChange, clipped
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, Out, load

PACKAGES = "requirements.lock"
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)
MOST = 200  # entries of a list, as the schema has it


def between(repository: Repository, base: str, gates: str = "gates.yaml") -> Changes:
    """From a commit to the working tree; each list is cut at MOST, and `omitted` counts what was cut."""
    lists = {
        "params": [change for file in ("params.yaml", gates) for change in _values(repository, base, file)],
        "packages": _compared(_packages(repository, base), _packages(repository, None)),
        "data": _data(repository, base),
        "code": _code(repository, base, gates),
    }
    omitted = sum(max(0, len(entries) - MOST) for entries in lists.values())
    return Changes(**{name: entries[:MOST] for name, entries in lists.items()}, omitted=omitted)


def flattened(tree: object, prefix: str = "") -> dict[str, str]:
    """Nested mappings as dotted keys; anything else as JSON."""
    if not isinstance(tree, dict) or not tree:
        return {prefix: tree if isinstance(tree, str) else json.dumps(tree, ensure_ascii=False, default=str)}
    below = (flattened(value, f"{prefix}.{key}" if prefix else str(key)) for key, value in tree.items())
    return {key: value for found in below for key, value in found.items()}


def _values(repository: Repository, base: str, file: str) -> list[ValueChange]:
    """A file's values; those of the gates are told from parameters by the file's name."""
    prefix = "" if file == "params.yaml" else Path(file).stem
    trees = (load(repository, rev, file) for rev in (base, None))
    return _compared(*(flattened(tree, prefix) if tree else {} for tree in trees))


def _packages(repository: Repository, rev: str | None) -> dict[str, str]:
    return dict(PINNED.findall((repository.show(rev, PACKAGES) or b"").decode(errors="replace")))


def _compared(base: dict[str, str], head: dict[str, str]) -> list[ValueChange]:
    def value(side: dict[str, str], name: str) -> str | None:
        return clipped(side[name]) if name in side else None

    differing = [name for name in dict.fromkeys([*base, *head]) if base.get(name) != head.get(name)]
    return [ValueChange(name=clipped(name), base=value(base, name), head=value(head, name)) for name in differing]


def _code(repository: Repository, base: str, gates: str) -> list[CodeChange]:
    """Files that git tracks, apart from those in the other lists and from what the pipeline makes."""
    elsewhere = {"params.yaml", gates, PACKAGES, "dvc.lock", *Lock.read(repository).outs}
    return [
        CodeChange(path=clipped(change.path), status=change.status, added=change.added, removed=change.removed)
        for change in repository.changed(base)
        if not elsewhere & {change.path, *map(str, PurePosixPath(change.path).parents)}
        and not change.path.endswith(".dvc")
    ]


def _data(repository: Repository, base: str) -> list[DataChange]:
    was, now = Lock.read(repository, base).data, Lock.read(repository).data
    differing = [path for path in sorted({*was, *now}) if _md5(was.get(path)) != _md5(now.get(path))]
    return [
        DataChange(path=clipped(path), base=_state(repository, was.get(path)), head=_state(repository, now.get(path)))
        for path in differing
    ]


def _md5(out: Out | None) -> str | None:
    return out and out.md5


def _state(repository: Repository, out: Out | None) -> DataState | None:
    if out is None:
        return None
    return DataState(md5=clipped(out.md5), size=out.size, rows=_rows(repository, out))


def _rows(repository: Repository, out: Out) -> int | None:
    """Rows of a parquet file, or of all in a folder, as far as this machine holds them."""
    files = objects.members(repository, out)
    names = [out.path if name == "." else name for name in files]
    if not files or any(not name.endswith(".parquet") for name in names):
        return None
    paths = [objects.locate(repository, md5) for md5 in files.values()]
    try:
        return None if None in paths else sum(pq.read_metadata(path).num_rows for path in paths)
    except (OSError, ValueError, pa.ArrowException):
        return None
