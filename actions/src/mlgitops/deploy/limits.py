"""How long a row may take, by the gates that the commit has."""

from collections.abc import Iterable
from pathlib import Path

from mlgitops.compare import gates
from mlgitops.repository.git import Repository


def read(repository: Repository, files: Iterable[Path]) -> dict[str, float]:
    """Model → milliseconds, of the budgets that HEAD's files name; a file that is not there names none."""
    shown = {file: repository.show("HEAD", file.as_posix()) for file in files}
    found = [gates.parse(content, file.name) for file, content in shown.items() if content is not None]
    return {each.name: each.budgets.row_latency_ms for each in found if each.budgets.row_latency_ms is not None}
