"""A version's tag, made and pushed."""

import subprocess
import time

from mlgitops.repository.git import Repository
from mlgitops.repository.storage import IDENTITY
from mlgitops.versions.tags import Tag

NO_OBJECT = "0" * 40  # the reference must not exist yet


def push(repository: Repository, tag: Tag) -> str | None:
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
    """The tag as git stores it, in GTO's form; the time in it decides nothing."""
    name, email = (setting.partition("=")[2] for setting in IDENTITY[1::2])
    head = [f"object {tag.commit}", "type commit", f"tag {tag.label}"]
    head.append(f"tagger {name} <{email}> {int(time.time())} +0000")
    notes = [f"{key}: {' '.join(value.split())}" for key, value in tag.notes.items()]
    return "\n".join([*head, "", tag.label, "", *notes]) + "\n"


def _reason(done: subprocess.CompletedProcess[bytes]) -> str | None:
    """Why git refused: its line about the reference or, where it got no answer, its first one; None if it did not."""
    if not done.returncode:
        return None
    said = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in said if line.startswith("!")), said[0] if said else f"exit {done.returncode}")
