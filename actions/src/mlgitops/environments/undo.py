"""The last change of what an environment serves, taken back as `git revert` does."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlgitops.environments import environment
from mlgitops.environments.environment import Environment
from mlgitops.errors import CannotCheck
from mlgitops.repository import merges
from mlgitops.repository.git import Repository
from mlgitops.repository.merges import Merge

REVERTS = re.compile(r"This reverts commit ([0-9a-f]{7,40})\b")  # as git says it, and GitHub's button


@dataclass(frozen=True, kw_only=True)
class Undo:
    """merge: what is taken back. before, after: what the file says now, and with `content`, the file's bytes then.

    others: what the merge changed beside that file, and what stays.
    """

    environment: str
    merge: Merge
    before: Environment
    after: Environment
    content: bytes
    others: list[str]

    @property
    def path(self) -> str:
        return environment.path(self.environment)

    @property
    def versions(self) -> list[str]:
        """What most requests meet again, of the endpoints whose models change."""
        old, new = self.before.endpoints, self.after.endpoints
        changed = [each for name, each in new.items() if each.routes and each != old.get(name)]
        return list(dict.fromkeys(max(each.routes, key=lambda route: route.weight).model for each in changed))


def last(repository: Repository, name: str, tip: str) -> Undo:
    """The newest change of an environment's file, on the line of merges that ends at `tip`, which is still in effect.

    A revert, and what it reverted, are over: going back twice goes back one further. CannotCheck where there is
    nothing before, or where newer changes stand on the same lines.
    """
    before, path = environment.read(repository, name, tip), environment.path(name)
    if repository.is_cut(tip):
        raise CannotCheck("This clone has only a part of the history", next="Run git fetch --unshallow")
    merge = merges.described(repository, _newest(repository, path, tip))
    was = repository.show(f"{merge.commit}^1", path)
    if was is None:
        raise CannotCheck("There is nothing to go back to", given=f"{merge.commit[:7]} is the first that made {path}")
    content = _taken_back(repository, path, merge, tip, was)
    changed = [change.path for change in repository.changed(f"{merge.commit}^1", merge.commit)]
    return Undo(
        environment=name,
        merge=merge,
        before=before,
        after=environment.parse(content, path),
        content=content,
        others=[other for other in changed if other != path],
    )


def _newest(repository: Repository, path: str, tip: str) -> str:
    changes = repository.git("log", "--first-parent", "--format=%H", tip, "--", path).split()
    brought = {change: _brought(repository, change) for change in changes}
    over: set[str] = set()
    for change in changes:
        reverted = set(_reverted(repository, change, brought))
        if not over & brought[change] and not reverted:
            return change
        if not over & brought[change]:
            over |= reverted
    raise CannotCheck("There is nothing to go back to", given=path, next="Edit it in a pull request")


def _brought(repository: Repository, change: str) -> set[str]:
    """The commits that came to the branch with one of its own, itself among them."""
    parents = repository.git("show", "-s", "--format=%P", change).split()
    return set(repository.git("rev-list", change, *(f"^{parent}" for parent in parents[:1])).split())


def _reverted(repository: Repository, change: str, brought: dict[str, set[str]]) -> Iterator[str]:
    """The commits that a change says it reverts, as far as they changed the file, too."""
    known = set().union(*brought.values())
    messages = repository.git("show", "-s", "--format=%B", *brought[change])
    for named in REVERTS.findall(messages):
        yield from (sha for sha in known if sha.startswith(named))


def _taken_back(repository: Repository, path: str, merge: Merge, tip: str, was: bytes) -> bytes:
    """The file as it is, without what the merge did to it: git's merge of three, on this one file."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("now", "merged", "was")]
        sides = (repository.show(tip, path), repository.show(merge.commit, path), was)
        for file, content in zip(files, sides, strict=True):
            file.write_bytes(content or b"")
        done = repository.try_git("merge-file", "--stdout", *map(str, files))
    if done.returncode:
        raise CannotCheck(
            "This can't be taken back by itself: newer changes stand on the same lines",
            given=f"{merge.commit[:7]} in {path}",
            next="Nothing was changed: edit the file in a pull request",
        )
    return done.stdout
