"""environments/<name>.yaml: which model versions are to serve, and where."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from mlgitops import strict
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
ENDPOINT = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", description="names of letters, digits, hyphens and underscores"),
]
MODEL = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*@(latest|v\d+\.\d+\.\d+)$",
        description="name@v1.2.3 or, in staging, name@latest",
    ),
]
MODULE = Annotated[
    str, Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$", description="the module to run, package.service")
]
ADDRESS = Annotated[str, Meta(pattern=r"^[\w.-]+:\d{1,5}$", description="host:port")]
NOT_YET = ("shadow", "sticky", "pipeline")


class Route(Struct, forbid_unknown_fields=True, frozen=True):
    """model: name@v1.2.3 or, in staging, name@latest. weight: percent of the traffic."""

    model: MODEL
    weight: int = 100


class Endpoint(Struct, forbid_unknown_fields=True, frozen=True):
    routes: Annotated[list[Route], Meta(min_length=1)]

    @property
    def model(self) -> str:
        return self.routes[0].model


class Environment(Struct, forbid_unknown_fields=True, frozen=True):
    """service: the module to run. address: host:port."""

    service: MODULE
    address: ADDRESS
    endpoints: Annotated[dict[ENDPOINT, Endpoint], Meta(min_length=1)]

    @property
    def url(self) -> str:
        return f"http://{self.address}"


def read(repository: Repository, name: str, rev: str = "HEAD") -> Environment:
    """The environment as committed; CannotCheck with file, place and problem where it can't be deployed."""
    path = f"environments/{name}.yaml"
    content = repository.show(rev, path) if NAME.fullmatch(name) else None
    if content is None:
        raise CannotCheck("No such environment at this commit", given=name, next=f"Commit a file {path}")
    found = parse(content, path)
    for endpoint, problem in _refused(found, name):
        raise CannotCheck(f"{path}: endpoints.{endpoint}", given=problem)
    return found


def parse(content: bytes, path: str) -> Environment:
    """The environment in a file's bytes; CannotCheck for anything that is not exactly one."""
    tree = strict.load(content, path)
    for name, endpoint in strict.items(tree, "endpoints"):
        for key in NOT_YET:
            if isinstance(endpoint, dict) and key in endpoint:
                raise CannotCheck(f"{path}: endpoints.{name}", given=f"{key} is not supported yet; use one route")
        strict.convert(endpoint, Endpoint, path, f"endpoints.{name}.")
    return strict.convert(tree, Environment, path)


def _refused(found: Environment, name: str):
    """What the types can't say: (endpoint, problem) pairs."""
    for endpoint, routed in found.endpoints.items():
        if len(routed.routes) > 1 or routed.routes[0].weight != 100:
            yield endpoint, "weights are not supported yet; use one route of weight 100"
        if routed.model.endswith("@latest") and name != "staging":
            yield endpoint, f"{routed.model} is for staging only; name a version"
