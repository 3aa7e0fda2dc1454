"""environments/<name>.yaml: which model versions are to serve, and where."""

import re
from typing import Annotated, Any

import msgspec
import yaml

from mlgitops.errors import CheckFailed
from mlgitops.repository.git import Repository

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
ENDPOINT = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
MODEL = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*@(latest|v\d+\.\d+\.\d+)$")]
MODULE = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]
ADDRESS = Annotated[str, msgspec.Meta(pattern=r"^[\w.-]+:\d{1,5}$")]
ACCEPTED = {
    "model": "name@v1.2.3 or, in staging, name@latest",
    "service": "the module to run, package.service",
    "address": "host:port",
    "endpoints": "names of letters, digits, hyphens and underscores",
}
NOT_YET = ("shadow", "sticky", "pipeline")


class Route(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """model: name@v1.2.3 or, in staging, name@latest. weight: percent of the traffic."""

    model: MODEL
    weight: int = 100


class Endpoint(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    routes: Annotated[list[Route], msgspec.Meta(min_length=1)]

    @property
    def model(self) -> str:
        return self.routes[0].model


class Environment(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """service: the module to run. address: host:port."""

    service: MODULE
    address: ADDRESS
    endpoints: Annotated[dict[ENDPOINT, Endpoint], msgspec.Meta(min_length=1)]

    @property
    def url(self) -> str:
        return f"http://{self.address}"


def read(repository: Repository, name: str, rev: str = "HEAD") -> Environment:
    """The environment as committed; CheckFailed with file, place and problem where it can't be deployed."""
    path = f"environments/{name}.yaml"
    content = repository.show(rev, path) if NAME.fullmatch(name) else None
    if content is None:
        raise CheckFailed("No such environment at this commit", given=name, next=f"Commit a file {path}")
    try:
        found = parse(content)
        _refuse(found, name)
    except (msgspec.MsgspecError, yaml.YAMLError, ValueError) as error:
        raise CheckFailed(f"{path} can't be deployed", given=_said(error), next="Mend it and commit") from error
    return found


def parse(content: bytes) -> Environment:
    """ValueError (or msgspec's, yaml's) for anything that is not exactly an environment."""
    data = yaml.load(content, Loader=_Unique)
    for name, endpoint in _endpoints(data).items():
        for key in NOT_YET:
            if key in endpoint:
                raise ValueError(f"{name}: {key} is not supported yet; use one route")
    return msgspec.convert(data, Environment)


def _said(error: Exception) -> str:
    """One line; where a text has the wrong form, the form in words instead of a pattern."""
    said = " ".join(str(error).split())
    if "matching regex" not in said:
        return said
    key = re.search(r"\.(\w+)`$", said)[1]
    return f"{key} takes {ACCEPTED[key]}"


def _refuse(found: Environment, name: str) -> None:
    for endpoint, routed in found.endpoints.items():
        if len(routed.routes) > 1 or routed.routes[0].weight != 100:
            raise ValueError(f"{endpoint}: weights are not supported yet; use one route of weight 100")
        if routed.model.endswith("@latest") and name != "staging":
            raise ValueError(f"{endpoint}: {routed.model} is for staging only; name a version")


def _endpoints(data: Any) -> dict[str, dict]:
    endpoints = data.get("endpoints") if isinstance(data, dict) else None
    return {k: v for k, v in endpoints.items() if isinstance(v, dict)} if isinstance(endpoints, dict) else {}


class _Unique(yaml.SafeLoader):
    """A key that is given twice is a mistake, not an overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = [key.value for key, _ in node.value]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise yaml.YAMLError(f"{twice} is given twice, line {node.start_mark.line + 1} and after")
        return super().construct_mapping(node, deep)
