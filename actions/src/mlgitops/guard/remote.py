"""The DVC remote of a pull request's job: the base's, whatever the pull request says.

Credentials of a job go where .dvc/config points; a changed address, or endpoint, would receive them.
"""

import os
import shutil
from pathlib import Path

from mlgitops.report.document import write
from mlgitops.repository.git import Repository

FILES = (".dvc/config", ".dvc/config.local")


def restore(repository: Repository, base: str) -> list[str]:
    """Put DVC's settings of a commit into the working tree, byte for byte; returns the files that differed.

    A file that the commit lacks is removed. The index keeps what the pull request says, so that nothing of
    this is ever committed.
    """
    folder = repository.root / ".dvc"
    if folder.is_symlink():  # what is written below it would land elsewhere, and DVC would read it there
        folder.unlink()
    return [name for name in FILES if _put(repository.root / name, repository.show(base, name))]


def _put(path: Path, wanted: bytes | None) -> bool:
    """Make a file hold these bytes, or not be there; False where that is so already."""
    is_plain = path.is_file() and not path.is_symlink()
    if (is_plain and path.read_bytes() == wanted) or (wanted is None and not os.path.lexists(path)):
        return False
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if wanted is not None:
        write(wanted, path)
    return True
