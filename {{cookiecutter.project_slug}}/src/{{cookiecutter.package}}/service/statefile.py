"""serving.json, the desired state, as it is written: models and the traffic that they take."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

NAME = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


class BadState(Exception):
    """The state can't be served, and why."""


class Stored(msgspec.Struct, forbid_unknown_fields=True):
    """digest: `md5:…` of the folder `bundle`."""

    digest: str
    bundle: str


class Route(msgspec.Struct, forbid_unknown_fields=True):
    """model: name@version. weight: percent of the traffic; 0: only for who asks for it."""

    model: str
    weight: Annotated[int, Meta(ge=0, le=100)] = 100


class Routes(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """sticky: the field whose values stay with their model. shadow: scored and logged, never returned."""

    routes: Annotated[list[Route], Meta(min_length=1)]
    sticky: str | None = None
    shadow: list[str] = []


class Step(msgspec.Struct, forbid_unknown_fields=True):
    """inputs: an input of this endpoint → `<earlier endpoint>.<its output>`."""

    endpoint: str
    inputs: dict[str, str] = {}


class Steps(msgspec.Struct, forbid_unknown_fields=True):
    pipeline: Annotated[list[Step], Meta(min_length=1)]


class State(msgspec.Struct, forbid_unknown_fields=True):
    """models: name@version → its bundle. endpoints: which of them answer, with which traffic."""

    schema: Literal[2]
    environment: str
    models: dict[str, Stored]
    endpoints: dict[NAME, dict[str, Any]]
    commit: str | None = None


def read(file: Path) -> State:
    """The file; BadState where it is none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=State)
    except OSError as error:
        raise BadState(f"{file}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise BadState(f"{file}: {error}") from error


def traffic(name: str, content: dict[str, Any]) -> Routes | Steps:
    """An endpoint of the file, by what it has: `routes` or a `pipeline`."""
    try:
        return msgspec.convert(content, Steps if "pipeline" in content else Routes)
    except msgspec.ValidationError as error:
        raise BadState(f"{name}: {error}") from error
