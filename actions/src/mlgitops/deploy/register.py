"""The next version of a model, as a git tag that exists only when its bundle can be fetched back whole."""

import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mlgitops.audit import audit
from mlgitops.audit.whereabouts import next_steps
from mlgitops.deploy import bundle, tags
from mlgitops.deploy.tags import Tag, Version
from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, Out
from mlgitops.repository.storage import IDENTITY, Storage

FIRST = (0, 1, 0)
REFUSALS = 5  # without another version having been registered meanwhile
NO_OBJECT = "0" * 40  # the reference must not exist yet

Notes = Callable[[], dict[str, str]]


def register(repository: Repository, name: str, path: str, notes: Notes = dict) -> tuple[Tag, bool]:
    """Register the bundle that HEAD's dvc.lock records at `path`; its tag, and whether it was made now.

    A commit that has a version already, and a digest that the newest version has, are not registered again, so that
    the same merge may be handled twice. `notes` are asked for more lines of the tag's message.
    CheckFailed where the remote lacks anything that the commit names, or has other bytes.
    """
    out = Lock.read(repository, "HEAD").outs.get(path)
    if out is None:
        raise CannotCheck("dvc.lock records no bundle", given=path, next="Run make train and commit dvc.lock")
    for phantom in tags.forget_unpushed(repository, name):
        print(f"Deleted the tag {phantom}, which was never pushed.")
    known = tags.read(repository, name)
    if found := _registered(repository, known, out):
        return found, False
    _audit(repository)
    _prove(repository, path, out)
    return _race(repository, known, Tag(name, FIRST, repository.rev_parse("HEAD"), _lines(out) | notes()), out)


def _newest(known: list[Tag]) -> Version | None:
    return known[-1].version if known else None


def next_version(newest: Version | None) -> Version:
    return (newest[0], newest[1], newest[2] + 1) if newest else FIRST


def _registered(repository: Repository, known: list[Tag], out: Out) -> Tag | None:
    """The version that HEAD or its digest has already; an old merge that is handled again must not become newest."""
    if known and known[-1].digest:
        known[-1].prove(repository)
    head = repository.rev_parse("HEAD")
    same = [tag for tag in known if tag.digest == out.digest and (tag.commit == head or tag is known[-1])]
    return same[-1] if same else None


def _audit(repository: Repository) -> None:
    """Hash in the remote all that the commit names: the model can't be made again without its data."""
    found = audit(repository, "HEAD", deep=True)
    if found and found.lost:
        lost, number = found.lost[0], len(found.lost) + found.omitted
        more = f" and {number - 1} more" if number > 1 else ""
        raise CheckFailed(
            "No version is made of what the remote does not hold whole",
            given=f"{lost.path} ({lost.problem}, md5:{lost.md5}){more}",
            next=_sentence(next_steps(repository, "HEAD", [lost])[lost.path]),
        )


def _sentence(step: str) -> str:
    return step[:1].upper() + step[1:]


def _prove(repository: Repository, path: str, out: Out) -> None:
    """Fetch the bundle as anybody else would have to, past what only this machine has."""
    if (storage := Storage(repository)).is_used():
        storage.attach()
    with tempfile.TemporaryDirectory() as folder:
        bundle.fetch(repository, path=path, rev="HEAD", expected=out.digest, folder=Path(folder))


def _race(repository: Repository, known: list[Tag], wanted: Tag, out: Out) -> tuple[Tag, bool]:
    """Push the tag of the next version until origin takes it.

    Of those that want the same version, origin takes one. The others lose a turn and no more: each turn lost is a
    version that somebody else got, so that only a refusal without a winner counts as one.
    """
    refusals = 0
    while refusals < REFUSALS:
        newest = _newest(known)
        made = replace(wanted, version=next_version(newest))
        if (said := _push(repository, made)) is None:
            return made, True
        known = tags.read(repository, wanted.name)
        if found := _registered(repository, known, out):
            return found, False
        if _newest(known) == newest:
            time.sleep(random.uniform(0, 0.2 * 2**refusals))
            refusals += 1
    raise CannotCheck(f"origin took no tag in {REFUSALS} tries", given=said, next="Run it again, or see who may push")


def _push(repository: Repository, tag: Tag) -> str | None:
    """Make the tag and push it; None, or why it was refused.

    It has no name here before origin has taken it: however this ends, there is no tag that only this clone has.
    """
    made, ref = repository.git("mktag", input=_content(tag).encode()), f"refs/tags/{tag.label}"
    if not repository.has_remote():
        return _reason(repository.try_git("update-ref", ref, made, NO_OBJECT))
    refused = _reason(repository.try_git("push", "--quiet", "origin", f"{made}:{ref}"))
    if not refused:
        repository.git("update-ref", ref, made)
    return refused


def _content(tag: Tag) -> str:
    """The tag as git stores it, with the form of GTO's; the time in it decides nothing."""
    name, email = (setting.partition("=")[2] for setting in IDENTITY[1::2])
    head = [f"object {tag.commit}", "type commit", f"tag {tag.label}"]
    head.append(f"tagger {name} <{email}> {int(time.time())} +0000")
    notes = [f"{key}: {' '.join(value.split())}" for key, value in tag.notes.items()]
    return "\n".join([*head, "", tag.label, "", *notes]) + "\n"


def _lines(out: Out) -> dict[str, str]:
    return {"digest": out.digest, "path": out.path}


def _reason(done: subprocess.CompletedProcess[bytes]) -> str | None:
    """Why git refused: its line about the reference or, where it got no answer, its first one; None if it did not."""
    if not done.returncode:
        return None
    said = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in said if line.startswith("!")), said[0] if said else f"exit {done.returncode}")
