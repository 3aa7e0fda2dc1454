"""Which of two commits is the newer one, in a clone that may hold the last commit alone."""

import os
from typing import Literal

from mlgitops.repository.git import Repository

Relation = Literal["same", "newer", "older", "apart"]


def of(repository: Repository, commit: str, other: str) -> Relation:
    """What `commit` is, seen from `other`; apart: neither has the other in its history, or nobody has it any more."""
    if commit == other:
        return "same"
    if not _has(repository, other) or repository.is_cut(commit):
        _bring_history(repository)
    if _is_in(repository, other, commit):
        return "newer"
    return "older" if _is_in(repository, commit, other) else "apart"


def _bring_history(repository: Repository) -> None:
    """Of the one branch, and of no other one (the data's!)."""
    if not repository.has_remote():
        return
    branch = os.environ.get("GITHUB_REF_NAME") or _default(repository)
    deepen = ["--unshallow"] if repository.is_shallow() else []
    refs = f"+refs/heads/{branch}:refs/remotes/origin/{branch}"
    repository.git("fetch", "--quiet", "--no-tags", *deepen, "origin", refs)


def _default(repository: Repository) -> str:
    """The branch that origin calls its own."""
    line = repository.git("ls-remote", "--symref", "origin", "HEAD").splitlines()[0]
    return line.split()[1].removeprefix("refs/heads/")


def _has(repository: Repository, commit: str) -> bool:
    return repository.try_git("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


def _is_in(repository: Repository, commit: str, history: str) -> bool:
    """False, too, where one of them is not here."""
    return repository.try_git("merge-base", "--is-ancestor", commit, history).returncode == 0
