"""The audit as a pull request's gate: one that can't be done is a fact of the report, and no reason to end it."""

from mlgitops.audit import check
from mlgitops.errors import CannotCheck
from mlgitops.report.schema import Audit, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage


def audit(repository: Repository, rev: str | None) -> Audit | None:
    """`check.audit`: existence and size."""
    try:
        return check.audit(repository, rev)
    except CannotCheck:
        return Audit(remote=clipped(Storage(repository).name), is_listed=False)
