"""The next version of a model, as a git tag that exists only when its bundle can be fetched back whole."""

import random
import time
from collections.abc import Callable
from dataclasses import replace

from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, Out
from mlgitops.versions import tagging, tags, whole
from mlgitops.versions.tags import Tag, Version

FIRST = (0, 1, 0)
BUMP = "bump"  # of the notes: which number of the version is raised
REFUSALS = 5  # without another version having been registered meanwhile

Notes = Callable[[], dict[str, str]]


def register(repository: Repository, name: str, path: str, notes: Notes = dict) -> tuple[Tag, bool]:
    """Register the bundle that HEAD's dvc.lock records at `path`; its tag, and whether it was made now.

    A commit that has a version already, and a digest that the newest version has, are not registered again, so that
    the same merge may be handled twice. `notes` are asked for more lines of the tag's message; a line `bump: minor`
    or `bump: major` among them decides which number is raised.
    CheckFailed where the remote lacks anything that the commit names, or has other bytes.
    """
    out = Lock.read(repository, "HEAD").outs.get(path)
    if out is None:
        raise CannotCheck("dvc.lock records no bundle", given=path, next="Run make train and commit dvc.lock")
    known = tags.read(repository, name)
    for phantom in tags.forget_unpushed(repository, name, known):
        print(f"Deleted the tag {phantom}, which was never pushed.")
    if found := _registered(repository, known, out):
        return found, False
    whole.require(repository, out)
    said = {"digest": out.digest, "path": out.path} | notes()
    return _race(repository, known, Tag(name, FIRST, repository.rev_parse("HEAD"), said), out)


def next_version(newest: Version | None, bump: str = "patch") -> Version:
    if newest is None:
        return FIRST
    major, minor, patch = newest
    return {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0)}.get(bump, (major, minor, patch + 1))


def _registered(repository: Repository, known: list[Tag], out: Out) -> Tag | None:
    """The version that HEAD or its digest has already; an old merge that is handled again must not become newest."""
    if known and known[-1].digest:
        known[-1].prove(repository)
    head = repository.rev_parse("HEAD")
    same = [tag for tag in known if tag.digest == out.digest and (tag.commit == head or tag is known[-1])]
    return same[-1] if same else None


def _race(repository: Repository, known: list[Tag], wanted: Tag, out: Out) -> tuple[Tag, bool]:
    """Push the tag of the next version until origin takes it.

    Of those that want the same version, origin takes one. The others lose a turn and no more: each turn lost is a
    version that somebody else got, so that only a refusal without a winner counts as one.
    """
    refusals = 0
    while refusals < REFUSALS:
        newest = _newest(known)
        made = replace(wanted, version=next_version(newest, wanted.notes.get(BUMP, "")))
        if (said := tagging.push(repository, made)) is None:
            return made, True
        known = tags.read(repository, wanted.name)
        if found := _registered(repository, known, out):
            return found, False
        if _newest(known) == newest:
            time.sleep(random.uniform(0, 0.2 * 2**refusals))
            refusals += 1
    raise CannotCheck(f"origin took no tag in {REFUSALS} tries", given=said, next="Run it again, or see who may push")


def _newest(known: list[Tag]) -> Version | None:
    return known[-1].version if known else None
