"""An inference pipeline: endpoints one after the other, where a step may take what an earlier one gave."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from ..models.inputs import Clash, together
from ..models.signature import Input
from ..models.types import answer_type, one_or_many, row_type, title
from ..statefile import BadState, Step, Steps
from .endpoint import Endpoint

LABEL = "label"


@dataclass(frozen=True)
class Pipeline:
    """endpoints: of the steps, in their order. inputs: the fields of a row: what no step gives."""

    name: str
    asked: Steps
    endpoints: list[Endpoint]
    inputs: list[Input]

    @property
    def steps(self) -> list[tuple[Endpoint, dict[str, str]]]:
        """Each endpoint, and which of its inputs come from which `<endpoint>.<output>`."""
        return [(each, step.inputs) for each, step in zip(self.endpoints, self.asked.pipeline, strict=True)]

    @property
    def example(self) -> dict[str, Any]:
        """A row of its endpoints' examples."""
        known = {name: value for each in self.endpoints for name, value in each.example.items()}
        return {each.name: known[each.name] for each in self.inputs}

    @cached_property
    def row(self) -> type[msgspec.Struct]:
        return row_type(title(self.name, "Row"), self.inputs)

    @cached_property
    def body(self) -> Any:
        """A row or a list of rows."""
        return one_or_many(self.row)

    @cached_property
    def prediction(self) -> type[msgspec.Struct]:
        """The id, and under the name of each endpoint what it answered."""
        names = {f"step_{number}": each.name for number, each in enumerate(self.endpoints)}
        steps = zip(names, (each.types.scored for each in self.endpoints), strict=True)
        fields = [("id", str), *steps]
        return msgspec.defstruct(title(self.name, "Prediction"), fields, rename=names, gc=False)

    @cached_property
    def answer(self) -> type[msgspec.Struct]:
        return answer_type(self.name, self.prediction)


def pipeline(name: str, asked: Steps, endpoints: Mapping[str, Endpoint]) -> Pipeline:
    """The pipeline of these steps; BadState where a step can't take what it is to be given."""
    given: dict[str, Input] = {}
    taken, wanted = [], []
    for step in asked.pipeline:
        at = f"{name}, step {step.endpoint}"
        if step.endpoint not in endpoints:
            raise BadState(f"{at}: no endpoint of that name has routes")
        if step.endpoint == "id":
            raise BadState(f"{at}: in the answer, that is the name of the prediction's id")
        endpoint = endpoints[step.endpoint]
        if endpoint in taken:
            raise BadState(f"{at}: named twice")
        _check(at, step, endpoint, given)
        wanted.append([each for each in endpoint.inputs if each.name not in step.inputs])
        given |= {f"{endpoint.name}.{each.name}": each for each in _outputs(endpoint)}
        taken.append(endpoint)
    try:
        return Pipeline(name, asked, taken, together(wanted))
    except Clash as error:
        raise BadState(f"{name}: {error}") from None


def _check(at: str, step: Step, endpoint: Endpoint, given: dict[str, Input]) -> None:
    """BadState where an input of the step does not take what it is given."""
    inputs = {each.name: each for each in endpoint.inputs}
    for name, source in step.inputs.items():
        if name not in inputs:
            raise BadState(f"{at}: it has no input {name}, only {', '.join(inputs)}")
        if source not in given:
            found = ", ".join(given) or "nothing"
            raise BadState(f"{at}: no earlier step gives {source}, they give {found}")
        takes, gives = inputs[name].accepted, given[source].accepted
        if not fits(given[source], inputs[name]):
            raise BadState(f"{at}: {name} takes {takes}, {source} is {gives}")


def _outputs(endpoint: Endpoint) -> list[Input]:
    """What an endpoint gives, described as what a step takes: a probability is from 0 to 1."""
    task, output, labels = endpoint.first.answers
    low, high = (0, 1) if task == "binary" else (None, None)
    label = [Input(name=LABEL, type="int", minimum=0, maximum=1)] if labels else []
    return [Input(name=output, type="float", minimum=low, maximum=high), *label]


def fits(output: Input, column: Input) -> bool:
    """Whether an input takes every value of an output: a label is a number too, a number no label."""
    if column.type == "string" or (output.type, column.type) == ("float", "int"):
        return False
    low, high = _range(output)
    lowest, highest = _range(column)
    return lowest <= low and high <= highest


def _range(column: Input) -> tuple[float, float]:
    low = -math.inf if column.minimum is None else column.minimum
    high = math.inf if column.maximum is None else column.maximum
    return low, high
