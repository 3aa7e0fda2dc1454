"""What was given to be traced, and the digests of what it is."""

from collections.abc import Iterator
from pathlib import Path

from mlgitops.deploy.client import Client
from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.listing import members
from mlgitops.repository.lock import Lock, Out
from mlgitops.versions import bundle
from mlgitops.versions.tags import DIGEST, VERSION, Tag


def digests(repository: Repository, given: str, known: list[Tag]) -> list[str]:
    """The digests that a folder, a file, a service's address, a tag or a digest stands for.

    A service may serve several, and a file may be in several bundles.
    """
    path = Path(given)
    if path.is_dir():
        return [bundle.digest(path)]
    if path.is_file():
        return _with_file(repository, path, known)
    if given.startswith(("http://", "https://")):
        return _served(given)
    if DIGEST.fullmatch(given):
        return [given]
    if VERSION.fullmatch(given.rpartition("@")[2]):
        return [_registered(given, known)]
    raise CannotCheck("No such file, folder, service or tag", given=given, next="Name a bundle, or name@v1.2.3")


def _served(url: str) -> list[str]:
    status = Client(url.rstrip("/").removesuffix("/status")).status()
    if status is None:
        raise CannotCheck("No service answers there", given=url, next="See what serves: mlgitops status")
    return list(dict.fromkeys(status.serving.models.values()))


def _registered(label: str, known: list[Tag]) -> str:
    found = {tag.label: tag.digest for tag in known if tag.digest}
    if label not in found:
        raise CheckFailed("No such version is registered", given=label, next="See git tag")
    return found[label]


def _with_file(repository: Repository, path: Path, known: list[Tag]) -> list[str]:
    """Of the bundles that have a file of these bytes, registered or of HEAD; CheckFailed where none has."""
    wanted, found = objects.md5(path), {}
    for rev, out in _bundles(repository, known):
        if out.digest not in found and wanted in members(repository, rev, out).values():
            found[out.digest] = None
    if not found:
        raise CheckFailed(
            "This file is not of a bundle of this repository",
            given=f"{path} (md5:{wanted})",
            next="It was changed, or comes from elsewhere",
        )
    return list(found)


def _bundles(repository: Repository, known: list[Tag]) -> Iterator[tuple[str, Out]]:
    """(revision, output): the registered ones, newest first, then what HEAD records."""
    for tag in reversed(known):
        if out := Lock.read(repository, tag.commit).outs.get(tag.path):
            yield tag.commit, out
    yield from (("HEAD", out) for out in Lock.read(repository, "HEAD").outs.values())
