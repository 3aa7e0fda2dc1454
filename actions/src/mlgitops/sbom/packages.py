"""The packages of requirements.lock, as `uv pip compile --generate-hashes` writes it."""

import re
from dataclasses import dataclass

from mlgitops.errors import CannotCheck

PACKAGE = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)(?: ; ([^\\\n]+?))?((?: \\\n +--hash=sha256:[0-9a-f]{64})*)\n")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Package:
    """marker: on which systems it is installed; empty for all. hashes: sha256 of each file that is accepted."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def parse(lock: str) -> list[Package]:
    """Every package of a lock; CannotCheck for a line that is none: what is left out would not be known to be there."""
    found, rest = [], "".join(line for line in lock.splitlines(keepends=True) if not _is_said_aside(line))
    while rest:
        match = PACKAGE.match(rest)
        if not match:
            raise CannotCheck("requirements.lock has a line that is no locked package", given=rest.splitlines()[0])
        found.append(Package(match[1], match[2], match[3] or "", tuple(sorted(HASH.findall(match[4])))))
        rest = rest[match.end() :]
    return found


def _is_said_aside(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
