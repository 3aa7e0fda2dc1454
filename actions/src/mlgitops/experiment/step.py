"""The next step of a ramp: the file that a pull request proposes, once the experiment says enough."""

from dataclasses import dataclass

from msgspec.structs import replace

from mlgitops.environments.environment import Endpoint, Route
from mlgitops.experiment.result import Verdict


@dataclass(frozen=True)
class Step:
    """title: of the pull request. wanted: the endpoint after its merge."""

    title: str
    wanted: Endpoint


def is_ramping(endpoint: Endpoint) -> bool:
    """Whether it is a champion and, in the last route, a challenger whose share grows."""
    return bool(endpoint.ramp) and len(endpoint.routes) == 2 and all(route.weight for route in endpoint.routes)


def after(verdict: Verdict, endpoint: Endpoint, environment: str) -> Step | None:
    """What a verdict on the challenger is worth: a larger share, its end, or nothing yet."""
    if verdict in ("better", "no-worse"):
        return _advanced(endpoint, environment)
    if verdict == "worse":
        champion, challenger = endpoint.routes
        return Step(f"Withdraw {_spoken(challenger)} from {environment}", _only(endpoint, champion))
    return None


def _advanced(endpoint: Endpoint, environment: str) -> Step:
    champion, challenger = endpoint.routes
    share = next(share for share in endpoint.ramp if share > challenger.weight)
    title = f"Advance {_spoken(challenger)} to {share} % in {environment}"
    if share == 100:
        return Step(title, _only(endpoint, challenger))
    routes = [Route(champion.model, 100 - share), Route(challenger.model, share)]
    return Step(title, replace(endpoint, routes=routes))


def _only(endpoint: Endpoint, route: Route) -> Endpoint:
    return replace(endpoint, routes=[Route(route.model)])


def _spoken(route: Route) -> str:
    """late-arrival v1.4.0"""
    return route.model.replace("@", " ")
