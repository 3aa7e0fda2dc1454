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


class Model(msgspec.Struct, forbid_unknown_fields=True):
    """digest: `md5:…` of the folder `bundle`."""

    digest: str
    bundle: str


class Route(msgspec.Struct, forbid_unknown_fields=True):
    """model: name@version. weight: percent of the traffic."""

    model: str
    weight: int = 100


class Routes(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    routes: Annotated[list[Route], msgspec.Meta(min_length=1)]
    sticky: str | None = None
    shadow: list[str] = []


class State(msgspec.Struct, forbid_unknown_fields=True):
    """models: name@version → its bundle. endpoints: which of them answer, with which traffic."""

    schema: Literal[2]
    environment: str
    models: dict[str, Model]
    endpoints: dict[NAME, Routes]
    commit: str | None = None


@dataclass(frozen=True)
class Endpoint:
    name: str
    model: str
    routes: Routes
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
        endpoints = {name: _endpoint(name, routes, state.models) for name, routes in state.endpoints.items()}
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
        route = Route(f"{name}@local")
        endpoint = Endpoint(name, route.model, Routes([route]), bundle, Types.of(bundle.signature))
        return cls("local", None, datetime.now(UTC), {name: endpoint})


def _endpoint(name: str, routes: Routes, models: dict[str, Model]) -> Endpoint:
    if len(routes.routes) > 1 or routes.routes[0].weight != 100 or routes.shadow or routes.sticky:
        raise BadState(f"{name}: this service takes one route of weight 100, with no sticky and no shadow")
    (route,) = routes.routes
    if route.model not in models:
        raise BadState(f"{name}: {route.model} is not among the models")
    model = models[route.model]
    try:
        bundle = Bundle(Path(model.bundle))
        bundle.check()
    except BadBundle as error:
        raise BadState(f"{name}, {route.model}: {error}") from error
    if bundle.digest != model.digest:
        raise BadState(f"{name}, {route.model}: the bundle is {bundle.digest}, not {model.digest}")
    return Endpoint(name, route.model, routes, bundle, Types.of(bundle.signature))
