"""What a state file becomes once it is loaded: the models that serve, and the endpoints that they answer."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .models.bundle import BadBundle, Bundle, digest
from .models.model import Model
from .statefile import BadState, Route, Routes, Steps, Stored, read, traffic
from .traffic.endpoint import Endpoint, endpoint
from .traffic.pipeline import Pipeline, pipeline

__all__ = ["BadState", "Endpoint", "Pipeline", "Serving"]


@dataclass(frozen=True)
class Serving:
    """All that answers requests at one moment; never changed, only replaced. since: of the state, UTC."""

    environment: str
    commit: str | None
    since: datetime
    models: dict[str, Model]
    endpoints: dict[str, Endpoint]
    pipelines: dict[str, Pipeline]

    @property
    def traffic(self) -> dict[str, Routes | Steps]:
        """The endpoints as the file has them."""
        routes = {name: each.routes for name, each in self.endpoints.items()}
        return routes | {name: each.asked for name, each in self.pipelines.items()}

    @classmethod
    def load(cls, file: Path, kept: "Serving | None" = None) -> "Serving":
        """Load and prove every model of a state file; BadState with the first reason not to.

        kept: what serves already; bundles that it has loaded are not loaded again.
        """
        state = read(file)
        loaded = {each.bundle.digest: each.bundle for each in kept.models.values()} if kept else {}
        models = {
            name: Model(name, _bundle(name, each, file.parent, loaded)) for name, each in state.models.items()
        }
        asked = {name: traffic(name, content) for name, content in state.endpoints.items()}
        endpoints = {
            name: endpoint(name, each, models) for name, each in asked.items() if isinstance(each, Routes)
        }
        pipelines = {
            name: pipeline(name, each, endpoints) for name, each in asked.items() if isinstance(each, Steps)
        }
        since = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        return cls(state.environment, state.commit, since, models, endpoints, pipelines)

    @classmethod
    def single(cls, folder: Path) -> "Serving":
        """One bundle on its own, under its model's name: for a look at a model that has no version yet."""
        try:
            bundle = Bundle(folder)
            bundle.check()
        except BadBundle as error:
            raise BadState(str(error)) from error
        name = bundle.signature.name
        models = {f"{name}@local": Model(f"{name}@local", bundle)}
        only = endpoint(name, Routes([Route(f"{name}@local")]), models)
        return cls("local", None, datetime.now(UTC), models, {name: only}, {})


def _bundle(name: str, stored: Stored, beside: Path, loaded: dict[str, Bundle]) -> Bundle:
    """The bundle of a model, loaded and proven once for each digest: what is new is added to `loaded`."""
    folder = beside / stored.bundle
    try:
        if stored.digest in loaded and digest(folder) == stored.digest:
            return loaded[stored.digest]
        bundle = Bundle(folder)
        bundle.check()
    except BadBundle as error:
        raise BadState(f"{name}: {error}") from error
    if bundle.digest != stored.digest:
        raise BadState(f"{name}: the bundle is {bundle.digest}, not {stored.digest}")
    return loaded.setdefault(bundle.digest, bundle)
