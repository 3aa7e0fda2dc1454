"""environments/<name>.yaml: which model versions are to serve, with which traffic, and where."""

import re
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from mlgitops import strict
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
ENVIRONMENT = Annotated[str, Meta(pattern=f"^{NAME.pattern}$", description="the name of an environment")]
ENDPOINT = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", description="names of letters, digits, hyphens and underscores"),
]
MODEL = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*@(latest|v\d+\.\d+\.\d+)$",
        description="name@v1.2.3 or, in the first environment, name@latest",
    ),
]
MODULE = Annotated[
    str, Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$", description="the module to run, package.service")
]
ADDRESS = Annotated[str, Meta(pattern=r"^[\w.-]+:\d{1,5}$", description="host:port")]
PERCENT = Annotated[int, Meta(ge=0, le=100)]
SHARE = Annotated[int, Meta(ge=1, le=100)]


class Route(Struct, forbid_unknown_fields=True, frozen=True):
    """weight: percent of the traffic; with 0, a model answers those who ask for it and nobody else."""

    model: MODEL
    weight: PERCENT = 100


class Step(Struct, forbid_unknown_fields=True, frozen=True):
    """A step of an inference pipeline. inputs: name of an input → the earlier endpoint's output that it is."""

    endpoint: ENDPOINT
    inputs: dict[str, str] = {}


class Endpoint(Struct, forbid_unknown_fields=True, frozen=True):
    """Either routes or a pipeline. sticky: the field that decides the model. shadow: scored and logged, never returned.

    ramp: the shares that a new version takes one after the other, each by a pull request.
    """

    routes: list[Route] = []
    sticky: str | None = None
    shadow: list[MODEL] = []
    pipeline: list[Step] = []
    ramp: list[SHARE] = []

    @property
    def models(self) -> list[str]:
        """All that are to be loaded for it."""
        return [*(route.model for route in self.routes), *self.shadow]

    def __str__(self) -> str:
        """For people: `late-arrival@v1.3.0 90 %, late-arrival@v1.4.0 10 %`."""
        if self.pipeline:
            return " → ".join(step.endpoint for step in self.pipeline)
        shown = [f"{each.model} {each.weight} %" for each in self.routes]
        shown = [self.routes[0].model] if len(self.routes) == 1 else shown
        return ", ".join([*shown, *(f"{model} in the shadow" for model in self.shadow)])


class Environment(Struct, forbid_unknown_fields=True, frozen=True):
    """service: the module to run, in so many workers. after: where a version must have served before."""

    service: MODULE
    address: ADDRESS
    endpoints: Annotated[dict[ENDPOINT, Endpoint], Meta(min_length=1)]
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    after: ENVIRONMENT = ""

    @property
    def url(self) -> str:
        return f"http://{self.address}"


def path(name: str) -> str:
    """The file of an environment."""
    return f"environments/{name}.yaml"


def names(repository: Repository, *revs: str) -> list[str]:
    """The environments that have a file at one of the revisions."""
    listed = [
        line for rev in revs for line in repository.git("ls-tree", "--name-only", rev, "environments/").split("\n")
    ]
    found = [file.removeprefix("environments/").removesuffix(".yaml") for file in listed if file.endswith(".yaml")]
    return sorted({name for name in found if NAME.fullmatch(name)})


def read(repository: Repository, name: str, rev: str = "HEAD") -> Environment:
    """The environment as committed; CannotCheck with file, place and problem where it can't be deployed."""
    content = repository.show(rev, path(name)) if NAME.fullmatch(name) else None
    if content is None:
        raise CannotCheck("No such environment at this commit", given=name, next=f"Commit a file {path(name)}")
    return parse(content, path(name))


def parse(content: bytes, path: str) -> Environment:
    """The environment in a file's bytes; CannotCheck for anything that is not exactly one."""
    tree = strict.load(content, path)
    for name, endpoint in strict.items(tree, "endpoints"):
        strict.convert(endpoint, Endpoint, path, f"endpoints.{name}.")
    found = strict.convert(tree, Environment, path)
    for endpoint, problem in _refused(found):
        raise CannotCheck(f"{path}: endpoints.{endpoint}", given=problem)
    return found


def _refused(found: Environment) -> Iterator[tuple[str, str]]:
    """What the types can't say: (endpoint, problem) pairs."""
    for name, endpoint in found.endpoints.items():
        if bool(endpoint.routes) == bool(endpoint.pipeline):
            yield name, "give it either routes or a pipeline"
        elif endpoint.pipeline:
            yield from ((name, problem) for problem in _of_pipeline(name, endpoint, found.endpoints))
        else:
            yield from ((name, problem) for problem in _of_routes(endpoint, found.after))


def _of_routes(endpoint: Endpoint, after: str) -> Iterator[str]:
    total, models = sum(route.weight for route in endpoint.routes), endpoint.models
    if total != 100:
        yield f"the weights are {total} in all; make them 100"
    if twice := {model for model in models if models.count(model) > 1}:
        yield f"{min(twice)} is there twice; keep one"
    if after and (latest := [model for model in models if model.endswith("@latest")]):
        yield f"{latest[0]} can't be reviewed; name a version, as everywhere after {after}"
    if endpoint.ramp and (endpoint.ramp != sorted(set(endpoint.ramp)) or endpoint.ramp[-1] != 100):
        yield "a ramp ascends and ends with 100: [10, 25, 50, 100]"


def _of_pipeline(name: str, endpoint: Endpoint, known: dict[str, Endpoint]) -> Iterator[str]:
    if endpoint.sticky or endpoint.shadow or endpoint.ramp:
        yield "sticky, shadow and ramp belong to the endpoints that are its steps"
    earlier: list[str] = []
    for step in endpoint.pipeline:
        if step.endpoint not in known or known[step.endpoint].pipeline:
            yield f"{step.endpoint} is no endpoint with routes in this file"
        if step.endpoint in earlier:
            yield f"{step.endpoint} is there twice; keep one"
        for source in step.inputs.values():
            if "." not in source or source.partition(".")[0] not in earlier:
                yield f"{source} is no output of an earlier step; write endpoint.output"
        earlier.append(step.endpoint)
