"""Which of two commits is the newer one, in a clone that may hold the last commit alone."""

import os
import tempfile
from pathlib import Path
from typing import Literal

from mlgitops.repository.git import Repository

Relation = Literal["same", "newer", "older", "apart"]


def of(repository: Repository, commit: str, other: str) -> Relation:
    """What `commit` is, seen from `other`; apart: neither has the other in its history, or nobody has it any more."""
    if commit == other:
        return "same"
    if not repository.has_remote():
        return _relation(repository, commit, other)
    if repository.is_cut(commit):
        with tempfile.TemporaryDirectory() as folder:
            return _relation(_history(repository, Path(folder)), commit, other)
    if repository.try_git("cat-file", "-e", f"{other}^{{commit}}").returncode:
        repository.git("fetch", "--quiet", "--no-tags", "origin", f"refs/heads/{_branch(repository)}")
    return _relation(repository, commit, other)


def _relation(repository: Repository, commit: str, other: str) -> Relation:
    if _is_in(repository, other, commit):
        return "newer"
    return "older" if _is_in(repository, commit, other) else "apart"


def _is_in(repository: Repository, commit: str, history: str) -> bool:
    """False, too, where one of them is not here."""
    return repository.try_git("merge-base", "--is-ancestor", commit, history).returncode == 0


def _history(repository: Repository, folder: Path) -> Repository:
    """The commits of the branch, without files, in a repository of their own.

    To deepen this clone would bring in the history of all that is cut off in it, the data's, too.
    """
    options = ["--bare", "--filter=tree:0", "--no-tags", "--single-branch", "--branch", _branch(repository)]
    url = repository.git("remote", "get-url", "origin")
    Repository(folder).git("clone", "--quiet", *options, url, "history")
    return Repository(folder / "history")


def _branch(repository: Repository) -> str:
    """The one that is deployed from: the job's, or what origin calls its own."""
    if branch := os.environ.get("GITHUB_REF_NAME"):
        return branch
    line = repository.git("ls-remote", "--symref", "origin", "HEAD").splitlines()[0]
    return line.split()[1].removeprefix("refs/heads/")
