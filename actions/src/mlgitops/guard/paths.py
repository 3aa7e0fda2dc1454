"""The paths whose change somebody has to answer for, and which of them a pull request changes."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from mlgitops.github.api import PAGES, PER_PAGE, Api
from mlgitops.report.page import Guarded
from mlgitops.repository.git import Repository

GATES = (Path("gates.yaml"),)
FOLDERS = (".dvc", ".github", "deploy", "environments")
FILES = (".dvc/config*", ".github/*", "deploy/*", "environments/*", "CODEOWNERS", "docs/CODEOWNERS")
LISTED = PAGES * PER_PAGE  # GitHub names no more files of a pull request than these 3,000


def protected(paths: Iterable[str], gates: Iterable[Path] = GATES) -> tuple[str, ...]:
    """Those of the paths that are protected, each once, in order; gates: the files of gates.

    A folder's own name counts, too: a link may stand where the folder was.
    """
    files = {PurePosixPath(file).as_posix() for file in gates}
    return tuple(
        path
        for path in sorted(set(paths))
        if path in files or any(fnmatchcase(path, pattern) for pattern in (*FOLDERS, *FILES))
    )


def between(repository: Repository, base: str, gates: Iterable[Path] = GATES) -> Guarded:
    """What HEAD's history changed since it left that of `base`."""
    changed = repository.changed(repository.merge_base(base, "HEAD"), "HEAD")
    return Guarded(paths=protected([change.path for change in changed], gates))


def of_pull(api: Api, number: int, gates: Iterable[Path] = GATES) -> Guarded:
    """What a pull request changes as GitHub lists it, which its author can't forge; both names of a renamed file."""
    files = api.pages(f"pulls/{number}/files")
    names = [file[key] for file in files for key in ("filename", "previous_filename") if key in file]
    return Guarded(paths=protected(names, gates), complete=len(files) < LISTED)
