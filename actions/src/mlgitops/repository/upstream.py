"""The default branch as origin has it now, whatever is checked out here."""

import re
from dataclasses import dataclass

from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository

HEAD = re.compile(r"^ref: refs/heads/(\S+)\tHEAD$", re.MULTILINE)


@dataclass(frozen=True)
class Upstream:
    """name: of the default branch. commit: its tip."""

    name: str
    commit: str


def fetch(repository: Repository, *, whole: bool = False) -> Upstream:
    """Ask origin which branch is its default one, and bring that in. whole: with its history, of a clone that has
    only a part of it."""
    found = HEAD.search(repository.git("ls-remote", "--symref", "origin", "HEAD"))
    if not found:
        raise CannotCheck("origin does not say which branch is its default one", next="Push it first")
    ref = f"refs/remotes/origin/{found[1]}"
    deepen = ["--unshallow"] if whole and repository.is_shallow() else []
    repository.git("fetch", "--quiet", *deepen, "origin", f"+refs/heads/{found[1]}:{ref}")
    return Upstream(found[1], repository.rev_parse(ref))
