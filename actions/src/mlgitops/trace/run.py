"""The verb: what was given, traced."""

import sys
from contextlib import suppress

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage
from mlgitops.trace import history, made_of, serving, subject
from mlgitops.trace.schema import Trace, Version
from mlgitops.versions import tags
from mlgitops.versions.tags import Tag


def trace(repository: Repository, given: str) -> list[Trace]:
    """All that made what was given, one for each bundle that it is; CheckFailed for bytes that nobody here made."""
    history.require_history(repository)
    known = _known(repository)
    _bring(repository)
    return [_traced(repository, given, digest, known) for digest in subject.digests(repository, given, known)]


def _known(repository: Repository) -> list[Tag]:
    """The versions as origin has them or, without it, as they were when it was last asked."""
    try:
        return tags.read(repository)
    except CannotCheck as problem:
        print(f"The tags are those of this clone: {problem}", file=sys.stderr)
        return tags.here(repository)


def _bring(repository: Repository) -> None:
    """The objects of the storage branch, for cards and listings; those of the last time where origin is not there."""
    with suppress(CannotCheck):
        Storage(repository).refresh()


def _traced(repository: Repository, given: str, digest: str, known: list[Tag]) -> Trace:
    found = history.first(repository, digest, known)
    if found is None:
        raise CheckFailed(
            "This is not a bundle of this repository",
            given=given if given == digest else f"{given} ({digest})",
            next="It was changed, or comes from elsewhere",
        )
    commit, out = found
    ours = [tag for tag in known if tag.digest == digest]
    merge, judged = history.reviewed(repository, commit, ours[0] if ours else None)
    card = made_of.card(repository, commit, out)
    return Trace(
        given=given,
        digest=digest,
        path=out.path,
        versions=[Version(tag=tag.label, commit=tag.commit) for tag in ours],
        commit=commit,
        merge=merge,
        judged=judged,
        data=made_of.data(repository, commit),
        params=made_of.params(repository, commit),
        lock=made_of.lock(repository, commit),
        metrics=made_of.metrics(repository, commit, card),
        slices=card.get("slices", []),
        serving=serving.found(repository, digest),
    )
