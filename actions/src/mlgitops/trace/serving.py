"""The environments that have a digest: those that answer on this machine, and those whose file names it."""

from mlgitops.deploy import place, status
from mlgitops.environments import desired, environment
from mlgitops.environments.desired import NothingRegistered, resolve
from mlgitops.errors import Problem
from mlgitops.repository.git import Repository
from mlgitops.trace.schema import Serving


def found(repository: Repository, digest: str) -> list[Serving]:
    """What answers, then what the files at HEAD say of environments that are not on this machine."""
    here = [each for each in status.every(place.root(repository)) if each.status]
    answering = [
        Serving(environment=each.name, endpoint=name, model=version, url=each.url, since=each.status.since)
        for each in here
        for name, version in _with(each.status.serving, digest)
    ]
    names = [name for name in environment.names(repository, "HEAD") if name not in {each.name for each in here}]
    return answering + [each for name in names for each in _wanted(repository, name, digest)]


def _wanted(repository: Repository, name: str, digest: str) -> list[Serving]:
    """By the file of an environment; nothing where it can't be deployed as it is."""
    try:
        wanted = environment.read(repository, name)
        serving = resolve(repository, wanted)
    except (Problem, NothingRegistered):
        return []
    return [
        Serving(environment=name, endpoint=endpoint, model=version, url=wanted.url)
        for endpoint, version in _with(serving, digest)
    ]


def _with(serving: desired.Serving, digest: str) -> list[tuple[str, str]]:
    """(endpoint, version) pairs that have the digest."""
    pairs = [(name, version) for name, endpoint in serving.endpoints.items() for version in endpoint.models]
    return [(name, version) for name, version in pairs if serving.models[version] == digest]
