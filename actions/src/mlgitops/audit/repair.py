"""Lost objects put back from this machine, where it has them unharmed; nothing is ever deleted for it."""

from pathlib import Path

from mlgitops.audit.check import every
from mlgitops.audit.examination import Examination, Watch, unwatched
from mlgitops.audit.whereabouts import good_copy
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository


def put_back(repository: Repository, rev: str | None = "HEAD", watch: Watch = unwatched) -> int:
    """Upload, over what is missing or harmed, what this machine has a good copy of; returns how many objects.

    Whether all is whole then, the next audit says. CannotCheck where a remote can't be read or written.
    """
    return sum(_put_back(repository, examination, watch) for examination in every(repository, rev))


def _put_back(repository: Repository, examination: Examination, watch: Watch) -> int:
    lost = {each.md5: each for each in examination.lost(deep=True, watch=watch)}
    copies = {name: path for name, each in lost.items() if (path := good_copy(repository, each))}
    gone = lost.keys() - copies.keys()
    ready = {name: path for name, path in copies.items() if gone.isdisjoint(examination.members(name))}
    if ready:
        _put(examination, ready)
    return len(ready)


def _put(examination: Examination, sources: dict[str, Path]) -> None:
    """A listing last, and only where its members are: DVC takes for granted that they are there if it is."""
    try:
        examination.remote.put(dict(sorted(sources.items(), key=lambda each: each[0].endswith(".dir"))))
    except OSError as error:
        raise CannotCheck("The remote can't be written", given=error, next="Mend that, and run it again") from error
