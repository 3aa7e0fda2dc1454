"""The audit of a commit: what each of its remotes is to hold, and what it lacks."""

from mlgitops.audit import wanted
from mlgitops.audit.branch import Branch
from mlgitops.audit.distant import Distant
from mlgitops.audit.examination import Examination, Watch, unwatched
from mlgitops.audit.folder import Folder
from mlgitops.audit.reach import Unreadable
from mlgitops.audit.remote import Remote, folder
from mlgitops.report.schema import Audit, Lost, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out
from mlgitops.repository.storage import Storage

MOST = 50  # lost objects, as the schema has it


def audit(
    repository: Repository, rev: str | None = "HEAD", *, deep: bool = False, watch: Watch = unwatched
) -> Audit | None:
    """Look for each object that dvc.lock and the .dvc files at a revision (None: the working tree) name, and for its
    size; deep: read all bytes back from the remote and hash them.

    None where nothing is named. CannotCheck where a remote can't be listed: Unreachable, Refused or Unreadable.
    """
    found = every(repository, rev)
    lost = [each for examination in found for each in examination.lost(deep, watch)]
    return summed(found, lost) if found else None


def every(repository: Repository, rev: str | None) -> list[Examination]:
    """Of each remote that the commit needs, listed."""
    return [examined(repository, name, outs) for name, outs in wanted.named(repository, rev).items()]


def examined(repository: Repository, name: str, outs: dict[str, Out], is_branch: bool = True) -> Examination:
    """A remote of .dvc/config, listed; the default one where no name is given.

    is_branch: the storage branch is what origin has of it; else what lies in its worktree, which may not be pushed yet.
    """
    storage = Storage(repository)
    name = name or storage.name
    if is_branch and storage.is_used() and name == storage.name:
        remote = Branch(name, storage)
    else:
        remote = _opened(repository, name, storage.address(name))
    return Examination(repository, remote, outs)


def _opened(repository: Repository, name: str, url: str) -> Remote:
    if not url:
        raise Unreadable(name or "none", "no remote is set" if not name else "it has no address")
    place = folder(repository, url)
    if place is None:
        return Distant(name, repository)
    if not place.is_dir():
        raise Unreadable(name, f"{place} is no folder of this machine")
    return Folder(name, place)


def summed(found: list[Examination], lost: list[Lost]) -> Audit:
    """What all remotes together lack, as the report has it."""
    return Audit(
        remote=clipped(", ".join(examination.remote.name for examination in found)),
        is_listed=True,
        objects=sum(examination.asked for examination in found),
        lost=lost[:MOST],
        omitted=len(lost[MOST:]),
    )
