"""What changed between two commits: parameters, gates, packages, tracked data, code."""

from mlgitops.compare.changes import code, data, values
from mlgitops.compare.gates import DataGate
from mlgitops.report.schema import Changes
from mlgitops.repository.git import Repository

MOST = 200  # entries of a list, as the schema has it


def between(repository: Repository, base: str, gates: str, rules: DataGate) -> Changes:
    """From a commit to the working tree; each list is cut at MOST, and `omitted` counts what was cut."""
    lists = {
        "params": [change for file in ("params.yaml", gates) for change in values.of_file(repository, base, file)],
        "packages": values.of_packages(repository, base),
        "code": code.files(repository, base, gates),
    }
    omitted = sum(max(0, len(entries) - MOST) for entries in lists.values())
    files, more = data.files(repository, base, rules, MOST)
    cut = {name: entries[:MOST] for name, entries in lists.items()}
    return Changes(**cut, data=files, omitted=omitted + more)
