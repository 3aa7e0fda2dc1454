"""Files that git tracks."""

from pathlib import PurePosixPath

from mlgitops.compare.changes.values import PACKAGES
from mlgitops.report.schema import CodeChange, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock


def files(repository: Repository, base: str, gates: str) -> list[CodeChange]:
    """All that changed, apart from what is in the other lists and what the pipeline makes."""
    elsewhere = {"params.yaml", gates, PACKAGES, "dvc.lock", *Lock.read(repository).outs}
    return [
        CodeChange(path=clipped(change.path), status=change.status, added=change.added, removed=change.removed)
        for change in repository.changed(base)
        if not elsewhere & {change.path, *map(str, PurePosixPath(change.path).parents)}
        and not change.path.endswith(".dvc")
    ]
