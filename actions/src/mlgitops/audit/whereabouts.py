"""Where a good copy of a lost object is: on this machine, or on the one that made the commit which brought it in."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from mlgitops.audit.wanted import named
from mlgitops.report.schema import Lost
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out

FIELDS = "%H%x00%h%x00%an%x00%as"


def good_copy(repository: Repository, lost: Lost) -> Path | None:
    """A file of this machine whose md5 is right, whatever its name says."""
    expected = lost.md5.removesuffix(".dir")
    return next((path for path in _copies(repository, lost) if objects.md5(path) == expected), None)


def next_steps(repository: Repository, rev: str, lost: list[Lost]) -> dict[str, str]:
    """Path of a lost object → what to run, and on which machine."""
    outs = {path: out for outs in named(repository, rev).values() for path, out in outs.items()}
    command = "mlgitops audit --repair" + ("" if rev == "HEAD" else f" --rev {rev}")
    brought = cache(lambda md5: _commit(repository, rev, md5))
    return {each.path: _step(repository, command, each, brought(_output(outs, each).md5)) for each in lost}


def _step(repository: Repository, command: str, lost: Lost, commit: str) -> str:
    if good_copy(repository, lost):
        return f"run {command} here"
    harmed = "the copy on this machine is harmed, too: " if objects.locate(repository, lost.md5) else ""
    return f"{harmed}run {command} on the machine that made {commit}"


def _commit(repository: Repository, rev: str, md5: str) -> str:
    """The commit that brought an output in, and its author; where the history is cut off, that is not known."""
    found = repository.git("log", "-1", f"-S{md5}", f"--format={FIELDS}", rev, "--", "dvc.lock", "*.dvc")
    if not found:
        return "this data, which a merge brought in"
    commit, short, author, date = found.split("\0")
    if commit in repository.cut_off():
        return f"the commit that git log -S{md5} names in a full clone"
    return f"commit {short} ({author}, {date})"


def _output(outs: dict[str, Out], lost: Lost) -> Out:
    """The one that the object belongs to: its own path's, or that of a folder above."""
    paths = [lost.path, *map(str, Path(lost.path).parents)]
    return next((outs[path] for path in paths if path in outs), Out(path=lost.path, md5=lost.md5, size=0))


def _copies(repository: Repository, lost: Lost) -> Iterator[Path]:
    """In the caches, and where it lies in the working tree."""
    yield from objects.copies(repository, lost.md5)
    file = (repository.root / lost.path).resolve()
    if file.is_relative_to(repository.root.resolve()) and file.is_file():
        yield file
