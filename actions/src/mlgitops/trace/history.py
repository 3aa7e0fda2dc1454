"""Where in the repository's history a digest is: its tags, its first commit, its merge, and what was said of it."""

import re

from mlgitops.errors import CannotCheck
from mlgitops.github import merged
from mlgitops.report import outcome
from mlgitops.report.outcome import Outcome
from mlgitops.repository import merges
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, Out
from mlgitops.trace.schema import Judged, Merged
from mlgitops.versions.tags import Tag

RUN = re.compile(r"^\s*Trained by (https?://\S+)$", re.MULTILINE)


def first(repository: Repository, digest: str, known: list[Tag]) -> tuple[str, Out] | None:
    """The first commit whose dvc.lock records the digest as an output's, and that output; None where none does."""
    ours = [tag.commit for tag in known if tag.digest == digest]
    tips = ours or ["--all"]
    found = repository.git(
        "log", "--topo-order", "--reverse", "--format=%H", f"-S{digest.removeprefix('md5:')}", *tips, "--", "dvc.lock"
    )
    for commit in [*found.split(), *ours]:  # of a merge that changed dvc.lock itself, the log says nothing
        for out in Lock.read(repository, commit).outs.values():
            if out.digest == digest:
                return commit, out
    return None


def reviewed(repository: Repository, commit: str, tag: Tag | None) -> tuple[Merged | None, Judged | None]:
    """The merge that brought a commit in, and its verdict: as the tag says, as GitHub does, or as git does."""
    merge = merges.of(repository, commit)
    notes, source = (tag.notes, "the tag") if tag else ({}, "")
    if "pull" not in notes and merge:
        notes, source = merged.known(merge.commit), "GitHub"
    return _merged(merge, notes), _judged(notes, source) or _recorded(repository, commit, merge)


def _merged(merge: merges.Merge | None, notes: dict[str, str]) -> Merged | None:
    if merge is None:
        return None
    number = notes.get("pull", "")
    return Merged(
        commit=merge.commit,
        subject=merge.subject,
        author=notes.get("merged-by") or merge.author,
        pull=int(number) if number.isdecimal() else merge.pull,
    )


def _judged(notes: dict[str, str], source: str) -> Judged | None:
    if "verdict" not in notes:
        return None
    said = Outcome(notes["verdict"], notes.get("gates", ""))
    return Judged(verdict=said.verdict, gates=said.results(), run=notes.get("run", ""), source=source)


def _recorded(repository: Repository, commit: str, merge: merges.Merge | None) -> Judged | None:
    """What the commit that recorded the result says, or the merge that squashed it."""
    for each in dict.fromkeys([commit, merge.commit if merge else commit]):
        message = repository.git("show", "-s", "--format=%B", each)
        if said := outcome.parse(message):
            run = RUN.search(message)
            source = f"the message of {each[:12]}"
            return Judged(verdict=said.verdict, gates=said.results(), run=run[1] if run else "", source=source)
    return None


def require_history(repository: Repository) -> None:
    """CannotCheck in a clone that has only a part of it."""
    if repository.is_cut():
        raise CannotCheck("This clone has only a part of the history", next="Run git fetch --unshallow --tags")
