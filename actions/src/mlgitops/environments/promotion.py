"""What is to move on: the versions that an environment serves and the one after it does not yet."""

from dataclasses import dataclass

from msgspec.structs import replace

from mlgitops.environments import edit, environment
from mlgitops.environments.desired import Model, NothingRegistered, resolve
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from mlgitops.versions import tags


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """One model's next version. source: the environment that serves it. instead: what most of its traffic meets now.

    before, after: endpoint → its routes, of those that change. content: of the environment's file, with all of them.
    """

    environment: str
    source: str
    model: Model
    instead: str
    before: dict[str, Endpoint]
    after: dict[str, Endpoint]
    content: bytes

    @property
    def path(self) -> str:
        return environment.path(self.environment)


def find(repository: Repository, name: str, rev: str = "HEAD") -> list[Promotion]:
    """One for each model of which the environment before serves something newer, as the files of a revision say.

    CannotCheck where the environment names none that serves before it.
    """
    target = environment.read(repository, name, rev)
    if not target.after:
        raise CannotCheck(
            "Nothing can be promoted to an environment that comes after no other",
            given=name,
            next=f"Name the one before it in {environment.path(name)}: `after: staging`",
        )
    return [
        _promotion(repository, name, target.after, rev, model)
        for model in _newest(repository, environment.read(repository, target.after, rev))
        if any(moved(endpoint, model.version) for endpoint in target.endpoints.values())
    ]


def moved(endpoint: Endpoint, version: str) -> Endpoint | None:
    """The endpoint with a newer version of a model that it serves; None where it serves none, or this one, or newer.

    Without a ramp, the version takes the place of the newest one. With a ramp, it becomes the challenger, the last
    route, with the ramp's first share; one that did not get to the ramp's end makes room.
    """
    mine = [route for route in endpoint.routes if _name(route.model) == _name(version)]
    newest = max(mine, key=lambda route: tags.parse(route.model), default=None)
    if newest is None or tags.parse(newest.model) >= tags.parse(version):
        return None
    shadow = [model for model in endpoint.shadow if model != version]
    share = endpoint.ramp[0] if endpoint.ramp else 100
    if share == 100:
        routes = [Route(version, each.weight) if each is newest else each for each in endpoint.routes]
    else:
        challenger = mine[-1] if len(mine) > 1 and mine[-1] is endpoint.routes[-1] else None
        staying = [each for each in endpoint.routes if each is not challenger]
        routes = [*_shared(staying, 100 - share), Route(version, share)]
    return replace(endpoint, routes=routes, shadow=shadow)


def _newest(repository: Repository, source: environment.Environment) -> list[Model]:
    """The newest version of each model that an environment routes to; none before the first registration."""
    try:
        found = resolve(repository, source)
    except NothingRegistered:
        return []
    routed = {route.model for endpoint in found.endpoints.values() for route in endpoint.routes}
    newest = {_name(version): version for version in sorted(routed, key=tags.parse)}
    return [Model(version, found.models[version]) for version in newest.values()]


def _promotion(repository: Repository, name: str, source: str, rev: str, model: Model) -> Promotion:
    path = environment.path(name)
    content = repository.show(rev, path)
    endpoints = environment.parse(content, path).endpoints
    after = {key: then for key, endpoint in endpoints.items() if (then := moved(endpoint, model.version))}
    before = {key: endpoints[key] for key in after}
    for key, then in after.items():
        content = edit.endpoint(content, path, key, then)
    routes = [route for endpoint in before.values() for route in endpoint.routes if _name(route.model) == model.name]
    instead = max(routes, key=lambda route: route.weight).model
    return Promotion(
        environment=name,
        source=source,
        model=model,
        instead=instead,
        before=before,
        after=after,
        content=content,
    )


def _name(version: str) -> str:
    return tags.parse(version)[0]


def _shared(routes: list[Route], total: int) -> list[Route]:
    """The routes with weights that are `total` in all, each in proportion; what rounding leaves goes to the largest."""
    whole = sum(route.weight for route in routes)
    weights = [route.weight * total // whole for route in routes] if whole else [0] * len(routes)
    largest = max(range(len(routes)), key=lambda number: routes[number].weight)
    weights[largest] += total - sum(weights)
    return [Route(route.model, weight) for route, weight in zip(routes, weights, strict=True)]
