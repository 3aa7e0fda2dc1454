"""The audit as a pull request's gate: one that can't be done is a fact of the report, and no reason to end it."""

from msgspec.structs import replace

from mlgitops.audit import wanted
from mlgitops.audit.check import examined, summed
from mlgitops.audit.reach import Refused, Unreachable
from mlgitops.errors import CannotCheck
from mlgitops.report.schema import Audit, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage


def audit(repository: Repository, rev: str | None) -> Audit | None:
    """Existence and size of what a commit, or the working tree (None), names.

    The storage branch is its worktree here: what a run has put there, the report's job is still to push. None where
    nothing is named, or where that branch is not attached: documentation alone needs no data.
    """
    storage = Storage(repository)
    if storage.is_used() and not storage.path.is_dir():
        return None
    found, problems = [], []
    for name, outs in wanted.named(repository, rev).items():
        try:
            found.append(examined(repository, name, outs, is_branch=False))
        except CannotCheck as problem:
            problems.append((name or storage.name, problem))
    whole = summed(found, [lost for examination in found for lost in examination.lost()])
    if whole.lost or not problems:
        return whole if found else None
    name, problem = problems[0]
    return replace(whole, remote=clipped(name), is_listed=False, problem=_kind(problem))


def _kind(problem: CannotCheck) -> str:
    return {Unreachable: "unreachable", Refused: "no-credentials"}.get(type(problem), "")
