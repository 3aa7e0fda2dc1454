"""The proof before a version: the remote holds all that its commit names, and gives its bundle back."""

import tempfile
from pathlib import Path

from mlgitops.audit import audit
from mlgitops.audit.whereabouts import next_steps
from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out
from mlgitops.versions import bundle


def require(repository: Repository, out: Out) -> None:
    """CheckFailed unless HEAD's data is in the remote, hash by hash, and its bundle comes back from there."""
    _audit(repository)
    with tempfile.TemporaryDirectory() as folder:
        bundle.fetch(repository, path=out.path, rev="HEAD", expected=out.digest, folder=Path(folder))


def _audit(repository: Repository) -> None:
    """The data counts as the bundle does: without it, the model can't be made again."""
    found = audit(repository, "HEAD", deep=True)
    if found and found.lost:
        lost, number = found.lost[0], len(found.lost) + found.omitted
        more = f" and {number - 1} more" if number > 1 else ""
        step = next_steps(repository, "HEAD", [lost])[lost.path]
        raise CheckFailed(
            "No version is made of what the remote does not hold whole",
            given=f"{lost.path} ({lost.problem}, md5:{lost.md5}){more}",
            next=step[:1].upper() + step[1:],
        )
