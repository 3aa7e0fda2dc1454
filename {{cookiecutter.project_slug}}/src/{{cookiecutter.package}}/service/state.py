"""serving.json, the desired state, and what it becomes once it is loaded: the models that serve."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from .bundle import BadBundle, Bundle
from .types import Types

NAME = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


class BadState(Exception):
    """The state can't be served, and why."""


class Route(msgspec.Struct, forbid_unknown_fields=True):
    """model: name@version. digest: `md5:…` of the folder `bundle`. weight: percent of the traffic."""

    model: str
    digest: str
    bundle: str
    weight: int = 100


class Routes(msgspec.Struct, forbid_unknown_fields=True):
    routes: Annotated[list[Route], msgspec.Meta(min_length=1)]
    sticky: str | None = None
    shadow: list[str] = []


class State(msgspec.Struct, forbid_unknown_fields=True):
    schema: Literal[1]
    environment: str
    endpoints: dict[NAME, Routes]
    commit: str | None = None


@dataclass(frozen=True)
class Endpoint:
    name: str
    model: str
    bundle: Bundle
    types: Types


@dataclass(frozen=True)
class Serving:
    """All that answers requests at one moment; never changed, only replaced. since: of the state, UTC."""

    environment: str
    commit: str | None
    since: datetime
    endpoints: dict[str, Endpoint]

    @classmethod
    def load(cls, file: Path) -> "Serving":
        """Load and prove every bundle of a state file; BadState with the first reason not to."""
        try:
            state = msgspec.json.decode(file.read_bytes(), type=State)
            since = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        except OSError as error:
            raise BadState(f"{file}: {error.strerror}") from error
        except msgspec.MsgspecError as error:
            raise BadState(f"{file}: {error}") from error
        endpoints = {name: _endpoint(name, routes) for name, routes in state.endpoints.items()}
        return cls(state.environment, state.commit, since, endpoints)

    @classmethod
    def single(cls, folder: Path) -> "Serving":
        """One bundle on its own, under its model's name: for a look at a model that has no version yet."""
        try:
            bundle = Bundle(folder)
            bundle.check()
        except BadBundle as error:
            raise BadState(str(error)) from error
        name = bundle.signature.name
        endpoint = Endpoint(name, f"{name}@local", bundle, Types.of(bundle.signature))
        return cls("local", None, datetime.now(UTC), {name: endpoint})


def _endpoint(name: str, routes: Routes) -> Endpoint:
    if len(routes.routes) > 1 or routes.routes[0].weight != 100 or routes.shadow or routes.sticky:
        raise BadState(f"{name}: this service takes one route of weight 100, with no sticky and no shadow")
    (route,) = routes.routes
    try:
        bundle = Bundle(Path(route.bundle))
        bundle.check()
    except BadBundle as error:
        raise BadState(f"{name}, {route.model}: {error}") from error
    if bundle.digest != route.digest:
        raise BadState(f"{name}, {route.model}: the bundle is {bundle.digest}, not {route.digest}")
    return Endpoint(name, route.model, bundle, Types.of(bundle.signature))
