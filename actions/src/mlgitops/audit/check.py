"""The audit of a commit: what each of its remotes is to hold, and what it lacks."""

from collections.abc import Iterator

from mlgitops.audit import wanted
from mlgitops.audit.examination import Examination, Watch, unwatched
from mlgitops.audit.folder import Folder
from mlgitops.audit.remote import Remote, folder
from mlgitops.errors import CannotCheck
from mlgitops.report.schema import Audit, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage

MOST = 50  # lost objects, as the schema has it


def audit(repository: Repository, rev: str | None = "HEAD", *, deep: bool = False) -> Audit | None:
    """Look for each object that dvc.lock and the .dvc files at a revision (None: the working tree) name, and for its
    size; deep: read all bytes back from the remote and hash them.

    None where nothing is named, or where the storage branch is not attached: documentation alone needs no data.
    CannotCheck where a remote can't be listed.
    """
    storage = Storage(repository)
    if storage.is_used() and not storage.path.is_dir():
        return None
    found = list(examinations(repository, rev))
    return summed(found, deep) if found else None


def examinations(repository: Repository, rev: str | None) -> Iterator[Examination]:
    """Each remote that the commit needs, listed."""
    for name, outs in wanted.named(repository, rev).items():
        yield Examination(repository, opened(repository, name), outs)


def opened(repository: Repository, name: str) -> Remote:
    """A remote of .dvc/config; the default one where no name is given."""
    storage = Storage(repository)
    name = name or storage.name
    place = folder(repository, storage.address(name))
    if place is None or not place.is_dir():
        raise CannotCheck("The remote can't be listed", given=name or "none is set", next="See .dvc/config")
    return Folder(name, place)


def summed(found: list[Examination], deep: bool, watch: Watch = unwatched) -> Audit:
    """What all remotes lack, as the report has it."""
    lost = [each for examination in found for each in examination.lost(deep, watch)]
    return Audit(
        remote=clipped(", ".join(examination.remote.name for examination in found)),
        is_listed=True,
        objects=sum(examination.asked for examination in found),
        lost=lost[:MOST],
        omitted=len(lost[MOST:]),
    )
