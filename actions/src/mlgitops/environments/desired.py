"""The desired state: an environment's versions, resolved to the digests that they were registered with."""

from dataclasses import dataclass, field

from msgspec.structs import replace

from mlgitops.environments.environment import Endpoint, Environment, Route
from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.versions import tags


@dataclass(frozen=True)
class Model:
    """A registered version, `late-arrival@v0.1.0`, and the digest of its bundle."""

    version: str
    digest: str

    @property
    def name(self) -> str:
        return self.version.partition("@")[0]

    @property
    def path(self) -> str:
        """Where the bundle is in the repository."""
        return f"models/{self.name}"


@dataclass(frozen=True)
class Serving:
    """What serves, or is to serve. models: version → digest. endpoints: as in the file, with the versions meant."""

    models: dict[str, str] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)

    def __str__(self) -> str:
        """For people: "late-arrival@v0.1.0"; empty where nothing serves."""
        return ", ".join(str(endpoint) for endpoint in self.endpoints.values() if endpoint.routes)


class NothingRegistered(Exception):
    """A model of the environment has no version at all: a new repository, not a mistake."""


def resolve(repository: Repository, environment: Environment) -> Serving:
    """What the file means; CheckFailed for a version that is not registered or not what its tag says."""
    wanted = dict.fromkeys(model for endpoint in environment.endpoints.values() for model in endpoint.models)
    found = {model: find(repository, model) for model in wanted}
    endpoints = {name: _resolved(endpoint, found) for name, endpoint in environment.endpoints.items()}
    return Serving({model.version: model.digest for model in found.values()}, endpoints)


def find(repository: Repository, wanted: str) -> Model:
    """The model that `name@latest` or `name@v1.2.3` means; NothingRegistered where the name has no version."""
    name, _, version = wanted.partition("@")
    known = {tag.label: tag for tag in tags.read(repository, name) if tag.digest}
    if not known:
        raise NothingRegistered(name)
    newest = list(known)[-1]
    chosen = newest if version == "latest" else wanted
    if chosen not in known:
        raise CheckFailed("No such version is registered", given=wanted, next=f"The newest is {newest}")
    known[chosen].prove(repository)
    return Model(chosen, known[chosen].digest)


def _resolved(endpoint: Endpoint, found: dict[str, Model]) -> Endpoint:
    routes = [Route(found[route.model].version, route.weight) for route in endpoint.routes]
    return replace(endpoint, routes=routes, shadow=[found[model].version for model in endpoint.shadow], ramp=[])
