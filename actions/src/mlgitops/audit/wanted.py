"""What a commit names: the outputs that each remote is to hold."""

import glob
import re
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, Out, dvc_files, load, outputs

DEFAULT = ""  # the remote of all outputs that name none


def named(repository: Repository, rev: str | None = "HEAD") -> dict[str, dict[str, Out]]:
    """Remote → path → Out of what dvc.lock and the .dvc files at a revision (None: the working tree) name.

    Not what git keeps, what is never pushed, and what was imported from another repository, where it stays.
    """
    lock, places = Lock.read(repository, rev), list(_places(repository, rev))
    found: dict[str, dict[str, Out]] = defaultdict(dict)
    for path, out in (lock.outs | lock.data).items():
        remote = next((remote for pattern, remote in places if fnmatchcase(path, pattern)), DEFAULT)
        if remote is not None:
            found[remote][path] = out
    return dict(found)


def _places(repository: Repository, rev: str | None) -> Iterator[tuple[str, str | None]]:
    """Pattern of a path, and the remote that it names; None for one that no remote holds."""
    for stage in load(repository, rev, "dvc.yaml").get("stages", {}).values():
        yield from ((_pattern(path), _remote(how)) for path, how in outputs(stage).items())
    for path in dvc_files(repository, rev):
        tracked = load(repository, rev, path)
        imported = any("repo" in source for source in tracked.get("deps", []))
        for out in tracked.get("outs", []):
            yield glob.escape(str(Path(path).parent / out["path"])), None if imported else _remote(out)


def _pattern(path: str) -> str:
    """Of a path that dvc.yaml makes of variables."""
    return "*".join(map(glob.escape, re.split(r"\$\{.*?\}", path)))


def _remote(how: dict) -> str | None:
    return how.get("remote", DEFAULT) if how.get("cache", True) and how.get("push", True) else None
