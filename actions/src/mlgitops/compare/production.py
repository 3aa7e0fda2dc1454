"""What production serves now: the versions that environments/production.yaml names on the base's branch."""

from mlgitops.compare.gates import Gates
from mlgitops.compare.history import values_at
from mlgitops.environments.desired import Model
from mlgitops.environments.environment import Route, parse
from mlgitops.errors import Problem
from mlgitops.report.schema import Served, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock

PATH = "environments/production.yaml"
MOST = 20


def served(repository: Repository, rev: str, gates: Gates) -> list[Served]:
    """Every route at a revision; none where nothing is deployed from here, or the file can't be read.

    A version whose tag is not known here is shown by its name alone, and one of another model without a metric.
    """
    content = repository.show(rev, PATH)
    try:
        endpoints = parse(content, PATH).endpoints if content else {}
    except Problem:  # a deploy will say it
        return []
    routes = [(name, route) for name, endpoint in endpoints.items() for route in endpoint.routes]
    return [_served(repository, gates, name, route) for name, route in routes[:MOST]]


def _served(repository: Repository, gates: Gates, endpoint: str, route: Route) -> Served:
    version, weight = clipped(route.model), min(max(route.weight / 100, 0), 1)
    commit = _registered(repository, route.model)
    if commit is None:
        return Served(endpoint=clipped(endpoint), version=version, weight=weight)
    is_ours = route.model.partition("@")[0] == gates.name
    out = Lock.read(repository, commit).outs.get(gates.model if is_ours else Model(route.model, "").path)
    return Served(
        endpoint=clipped(endpoint),
        version=version,
        weight=weight,
        digest=out.digest if out else "",
        value=values_at(repository, [commit], gates.primary)[0] if is_ours else None,
    )


def _registered(repository: Repository, version: str) -> str | None:
    """The commit that a version was made of."""
    try:
        return repository.rev_parse(f"refs/tags/{version}")
    except Problem:
        return None
