"""The desired state: an environment's versions, resolved to the digests that they were registered with."""

from dataclasses import dataclass

from mlgitops.deploy import tags
from mlgitops.deploy.environment import Environment
from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository


@dataclass(frozen=True)
class Model:
    """A registered version, `late-arrival@v0.1.0`, and the digest of its bundle."""

    version: str
    digest: str

    @property
    def path(self) -> str:
        """Where the bundle is in the repository."""
        return f"models/{self.version.partition('@')[0]}"


class NothingRegistered(Exception):
    """A model of the environment has no version at all: a new repository, not a mistake."""


def resolve(repository: Repository, environment: Environment) -> dict[str, Model]:
    """Endpoint → Model; CheckFailed for a version that is not registered or not what its tag says."""
    return {name: find(repository, endpoint.model) for name, endpoint in environment.endpoints.items()}


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
