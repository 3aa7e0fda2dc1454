"""An endpoint that models answer: what it takes and gives with all of them, and who gets which traffic."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..models.inputs import Clash, optional, together, unlimited
from ..models.model import Model
from ..models.signature import Input, Output
from ..models.types import Types
from ..statefile import BadState, Routes


@dataclass(frozen=True)
class Endpoint:
    """models: those of the routes, in their order, by name@version. inputs: the fields of a row.

    The fields: what the models take, then what only shadows take, then the sticky field if no model takes it.
    """

    name: str
    routes: Routes
    models: dict[str, Model]
    shadows: tuple[Model, ...]
    inputs: list[Input]

    @property
    def first(self) -> Model:
        """The model that speaks for the others: they have its task and output."""
        return next(iter(self.models.values()))

    @property
    def output(self) -> Output:
        return self.first.output

    @cached_property
    def types(self) -> Types:
        return Types.of(self.name, self.inputs, [each.signature for each in self.models.values()])

    @cached_property
    def logged(self) -> dict[str, str]:
        """The fields that the log keeps as inputs, and their types: the widest that a model takes.

        A sticky field that no model takes is only the unit.
        """
        models = [*self.models.values(), *self.shadows]
        found = {each.name: each.type for model in models for each in model.signature.inputs}
        wide = {each.name for model in models for each in model.signature.inputs if each.type == "float"}
        names = [each.name for each in self.inputs if each.name in found]
        return {name: "float" if name in wide else found[name] for name in names}

    @property
    def example(self) -> dict[str, Any]:
        """A golden row; where the first model does not know a field, from another's."""
        known = {}
        for each in reversed([*self.models.values(), *self.shadows]):
            known |= each.signature.examples[0].inputs
        return {each.name: known.get(each.name, "a unit") for each in self.inputs}

    def named(self, version: str) -> Model | None:
        """The one model of the routes that a caller asks for as v1.4.0 or late-arrival@v1.4.0."""
        found = [each for each in self.models.values() if version in (each.name, each.version)]
        return found[0] if len(found) == 1 else None

    def inputs_of(self, model: Model) -> list[Input]:
        """The fields of a row that is for this model only: its own inputs; the others may be absent."""
        own = {each.name: each for each in model.signature.inputs}
        return [own.get(each.name, optional(each)) for each in self.inputs]


def endpoint(name: str, routes: Routes, models: Mapping[str, Model]) -> Endpoint:
    """The endpoint of these routes; BadState where they and the models don't fit together."""
    named = [*(each.model for each in routes.routes), *routes.shadow]
    for each in named:
        if each not in models:
            raise BadState(f"{name}: {each} is not among the models")
        if named.count(each) > 1:
            raise BadState(f"{name}: {each} is named twice")
    if (total := sum(each.weight for each in routes.routes)) != 100:
        raise BadState(f"{name}: the weights add up to {total}, not to 100")
    routed = {each.model: models[each.model] for each in routes.routes}
    shadows = tuple(models[each] for each in routes.shadow)
    _same_answers(name, [*routed.values(), *shadows])
    try:
        inputs = _fields(list(routed.values()), list(shadows), routes.sticky)
    except Clash as error:
        raise BadState(f"{name}: {error}") from None
    return Endpoint(name, routes, routed, shadows, inputs)


def _same_answers(name: str, models: list[Model]) -> None:
    first, *others = models
    for other in others:
        if other.answers != first.answers:
            found = [f"{each.name} answers {_words(*each.answers)}" for each in (first, other)]
            raise BadState(f"{name}: {', '.join(found)}")


def _words(task: str, output: str, labels: bool) -> str:
    return f"{output} ({task}{', labelled' if labels else ''})"


def _fields(models: list[Model], shadows: list[Model], sticky: str | None) -> list[Input]:
    """What rows have: all that the models need, and, if they like, what a shadow would need on top."""
    needed = together(each.signature.inputs for each in models)
    by_name = {each.name: each for each in together([needed, *(each.signature.inputs for each in shadows)])}
    known = {each.name for each in needed}
    fields = [*needed, *(unlimited(each) for name, each in by_name.items() if name not in known)]
    if sticky is None:
        return fields
    if sticky not in by_name:
        return [*fields, Input(name=sticky, type="string", description="The same value meets the same model")]
    if by_name[sticky].type == "float":
        raise Clash(f"sticky: {sticky} is a number with a fraction, a unit is a string or a whole number")
    return fields
