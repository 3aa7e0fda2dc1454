"""The metrics that a commit records in reports/metrics.json, for git to keep beside the model."""

import json

from mlgitops.report.schema.types import LARGEST
from mlgitops.repository.git import Repository

PATH = "reports/metrics.json"
ROWS = "rows"


def metrics(repository: Repository, rev: str | None) -> dict[str, float]:
    """The finite numbers at a revision (None: the working tree); empty where the file is missing or is no mapping."""
    return parse(repository.show(rev, PATH) or b"")


def parse(content: bytes) -> dict[str, float]:
    """The same of the file's bytes; numbers that the report could not hold are left out, too."""
    try:
        found = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return {}
    numbers = found.items() if isinstance(found, dict) else ()
    return {name: float(value) for name, value in numbers if type(value) in (int, float) and abs(value) <= LARGEST}


def rows(repository: Repository) -> int | None:
    """How many test rows the working tree's metrics are of."""
    count = metrics(repository, None).get(ROWS, -1.0)
    return int(count) if count >= 0 else None
