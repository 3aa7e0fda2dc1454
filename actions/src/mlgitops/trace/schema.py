"""What a trace says, for people and, as JSON, for programs."""

from typing import Any

from msgspec import Struct


class Version(Struct, frozen=True, kw_only=True):
    """A tag and the commit that it was put on."""

    tag: str
    commit: str


class Merged(Struct, frozen=True, kw_only=True):
    """The merge into the default branch; author: the account where GitHub named it, else the name in git."""

    commit: str
    subject: str
    author: str
    pull: int | None = None


class Judged(Struct, frozen=True, kw_only=True):
    """The verdict, and gate → result. source: where that is from. run: the page of the run that measured it."""

    verdict: str
    gates: dict[str, str]
    run: str
    source: str


class Data(Struct, frozen=True, kw_only=True):
    """What `dvc add` tracks. files: path below it → md5; empty where the listing of the folder is not here."""

    path: str
    md5: str
    size: int
    files: dict[str, str]


class Serving(Struct, frozen=True, kw_only=True):
    """An environment that has this bundle. since: of a service that answers on this machine; else its file says so."""

    environment: str
    endpoint: str
    model: str
    url: str
    since: str | None = None


class Trace(Struct, frozen=True, kw_only=True):
    """commit: the first one whose dvc.lock has the digest. params: file → its values. lock: the package lock's sha256.

    metrics: name → value, low, high, or only a value where the card is not to be had. None, empty: not known.
    """

    given: str
    digest: str
    path: str
    versions: list[Version]
    commit: str
    merge: Merged | None
    judged: Judged | None
    data: list[Data]
    params: dict[str, dict[str, Any]]
    lock: str | None
    metrics: dict[str, dict[str, float]]
    slices: list[dict[str, Any]]
    serving: list[Serving]
