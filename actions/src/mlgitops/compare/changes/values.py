"""Values that have a name: parameters, gates, and the packages of the lock."""

import json
import re
from pathlib import Path

from mlgitops.report.schema import ValueChange, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import load

PACKAGES = "requirements.lock"
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)


def flattened(tree: object, prefix: str = "") -> dict[str, str]:
    """Nested mappings as dotted keys; anything else as JSON."""
    if not isinstance(tree, dict) or not tree:
        return {prefix: tree if isinstance(tree, str) else json.dumps(tree, ensure_ascii=False, default=str)}
    below = (flattened(value, f"{prefix}.{key}" if prefix else str(key)) for key, value in tree.items())
    return {key: value for found in below for key, value in found.items()}


def of_file(repository: Repository, base: str, file: str) -> list[ValueChange]:
    """A file's values; those of the gates are told from parameters by the file's name."""
    prefix = "" if file == "params.yaml" else Path(file).stem
    trees = (load(repository, rev, file) for rev in (base, None))
    return _compared(*(flattened(tree, prefix) if tree else {} for tree in trees))


def of_packages(repository: Repository, base: str) -> list[ValueChange]:
    """The versions that the lock pins."""
    locks = ((repository.show(rev, PACKAGES) or b"").decode(errors="replace") for rev in (base, None))
    return _compared(*(dict(PINNED.findall(lock)) for lock in locks))


def _compared(base: dict[str, str], head: dict[str, str]) -> list[ValueChange]:
    def value(side: dict[str, str], name: str) -> str | None:
        return clipped(side[name]) if name in side else None

    differing = [name for name in dict.fromkeys([*base, *head]) if base.get(name) != head.get(name)]
    return [ValueChange(name=clipped(name), base=value(base, name), head=value(head, name)) for name in differing]
