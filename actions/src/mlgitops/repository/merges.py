"""Which merge brought a commit to the default branch, from which pull request, and who merged it."""

import re
from dataclasses import dataclass

from mlgitops.errors import CannotCheck, Problem
from mlgitops.repository.git import Repository

PULL = re.compile(r"^Merge pull request #(\d{1,9})\b|\(#(\d{1,9})\)$")
BRANCHES = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/heads/main", "HEAD")


@dataclass(frozen=True, kw_only=True)
class Merge:
    """author: of the merge, as git names the person. pull: None for a commit that was pushed directly."""

    commit: str
    subject: str
    author: str
    pull: int | None


def of(repository: Repository, commit: str) -> Merge | None:
    """The oldest commit of the default branch's own line that has `commit` in its history, which it may be itself.

    None where the branch does not have it. CannotCheck where this clone has too little of the history to say.
    """
    tip = _branch(repository)
    if repository.try_git("merge-base", "--is-ancestor", commit, tip).returncode:
        if repository.is_cut(tip):
            raise CannotCheck("This clone has only a part of the history", next="Run git fetch --unshallow --tags")
        return None
    line = repository.git("rev-list", "--first-parent", tip).split()
    after = {commit, *repository.git("rev-list", "--ancestry-path", f"{commit}..{tip}").split()}
    return described(repository, [each for each in line if each in after][-1])


def described(repository: Repository, commit: str) -> Merge:
    """What a commit of the default branch says of itself; where several people made it, who wrote it."""
    author, subject, body = repository.git("show", "-s", "--format=%an%x00%s%x00%b", commit).split("\0")
    if merged := PULL.search(subject):
        lines = [line for line in body.splitlines() if line.strip()] if merged[1] else []
        return Merge(commit=commit, subject=(lines or [subject])[0], author=author, pull=int(merged[1] or merged[2]))
    return Merge(commit=commit, subject=subject, author=author, pull=None)


def known(repository: Repository, commit: str) -> Merge | None:
    """The same of what another machine calls a merge; None where this clone does not have it."""
    try:
        return described(repository, repository.rev_parse(commit))
    except Problem:
        return None


def _branch(repository: Repository) -> str:
    """The default branch, as origin had it last."""
    refs = (ref for ref in BRANCHES if repository.try_git("rev-parse", "--verify", "--quiet", ref).returncode == 0)
    return next(refs, "HEAD")
