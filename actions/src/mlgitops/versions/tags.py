"""The registered versions: annotated git tags of GTO's form, `late-arrival@v1.4.0`, as origin has them.

A tag's message names the bundle's digest. It never moves, so one that differs is a fault, and never overwritten.
"""

import re
from dataclasses import dataclass
from functools import total_ordering

from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock

VERSION = re.compile(r"v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
DIGEST = re.compile(r"md5:[0-9a-f]{32}")
LINE = re.compile(r"^([a-z][a-z-]*): (.+)$", re.MULTILINE)
FORMAT = "%(refname:strip=2)%00%(*objectname)%00%(contents)%01"

Version = tuple[int, int, int]


@total_ordering
@dataclass(frozen=True)
class Tag:
    """commit: the id that was registered. notes: the `name: value` lines of its message; empty of a light tag."""

    name: str
    version: Version
    commit: str
    notes: dict[str, str]

    @property
    def label(self) -> str:
        return label(self.name, self.version)

    @property
    def digest(self) -> str | None:
        """None where the message names none: the version is taken, and nobody knows for what."""
        found = self.notes.get("digest", "")
        return found if DIGEST.fullmatch(found) else None

    @property
    def path(self) -> str:
        """Where the bundle is in the repository."""
        return self.notes.get("path", f"models/{self.name}")

    def __lt__(self, other: "Tag") -> bool:
        return (self.name, self.version) < (other.name, other.version)

    def prove(self, repository: Repository) -> None:
        """CheckFailed unless the dvc.lock of the tag's commit says the digest that the tag says."""
        out = Lock.read(repository, self.commit).outs.get(self.path)
        found = out.digest if out else f"no {self.path}"
        if found != self.digest:
            raise CheckFailed(
                f"dvc.lock of {self.label} does not say the digest of the tag",
                given=f"{found}, not {self.digest}",
                next="The tag was moved or forged: see who pushed it",
            )


def label(name: str, version: Version) -> str:
    return f"{name}@v{version[0]}.{version[1]}.{version[2]}"


def parse(label: str) -> tuple[str, Version]:
    """The model's name and the version of `late-arrival@v1.4.0`, in a form that can be compared."""
    name, _, number = label.rpartition("@")
    found = VERSION.fullmatch(number)
    if not found:
        raise ValueError(f"{label} names no version")
    return name, (int(found[1]), int(found[2]), int(found[3]))


def read(repository: Repository, name: str = "*") -> list[Tag]:
    """The versions of a model, or of all, lowest first; CheckFailed where one is not the same here and on origin."""
    pattern = f"refs/tags/{name}@v*"
    known = _follow(repository, pattern) if repository.has_remote() else None
    return [tag for tag in here(repository, name) if known is None or f"refs/tags/{tag.label}" in known]


def here(repository: Repository, name: str = "*") -> list[Tag]:
    """The versions that this clone knows, lowest first, whether origin has them or not."""
    entries = repository.git("for-each-ref", f"--format={FORMAT}", f"refs/tags/{name}@v*").split("\x01")
    return sorted(filter(None, (_parse(repository, entry.strip()) for entry in entries if entry.strip())))


def forget_unpushed(repository: Repository, name: str, known: list[Tag]) -> list[str]:
    """Delete the tags that are here and not among those that were read: nobody else has that version. Their labels."""
    pushed = {tag.label for tag in known}
    unpushed = [tag.label for tag in here(repository, name) if tag.label not in pushed]
    for each in unpushed:
        repository.git("tag", "--delete", each)
    return unpushed


def _follow(repository: Repository, pattern: str) -> set[str]:
    """Bring the tags in that origin has, and nothing of what is here is changed by it; returns their names."""
    there = _ids(repository.git("ls-remote", "--refs", "origin", pattern))
    found = _ids(repository.git("for-each-ref", "--format=%(objectname) %(refname)", pattern))
    for ref in there.keys() & found.keys():
        if there[ref] != found[ref]:
            moved = ref.removeprefix("refs/tags/")
            raise CheckFailed(
                "A version's tag is not the same here and on origin, and it never moves",
                given=f"{moved}, {found[ref][:12]} here and {there[ref][:12]} there",
                next=f"See who moved it; git tag --delete {moved} takes origin's",
            )
    if missing := sorted(there.keys() - found.keys()):
        repository.git("fetch", "--quiet", "--no-tags", "origin", *(f"{ref}:{ref}" for ref in missing))
    return set(there)


def _ids(listing: str) -> dict[str, str]:
    """Reference → object id, of lines that have them the other way round."""
    return {ref: id for id, ref in (line.split() for line in listing.splitlines())}


def _parse(repository: Repository, entry: str) -> Tag | None:
    """A tag, of what git says about it; None where the name is no version's."""
    named, commit, message = entry.split("\0", 2)
    try:
        name, version = parse(named)
    except ValueError:
        return None
    return Tag(name, version, commit or repository.rev_parse(f"refs/tags/{named}"), dict(LINE.findall(message)))
