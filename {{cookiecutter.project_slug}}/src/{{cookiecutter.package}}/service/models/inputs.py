"""What several models take together: the union of their inputs."""

from collections.abc import Iterable
from itertools import chain

from msgspec.structs import replace

from .signature import Input


class Clash(Exception):
    """Inputs of one name that no value fits, and why."""


def together(inputs: Iterable[list[Input]]) -> list[Input]:
    """Every input once, in the order of first mention; where several share a name, what all accept."""
    found: dict[str, Input] = {}
    for each in chain.from_iterable(inputs):
        found[each.name] = narrowed(found.get(each.name, each), each)
    return list(found.values())


def narrowed(one: Input, other: Input) -> Input:
    """An input that accepts what both accept; Clash where that is nothing."""
    if one.type != other.type and "string" in (one.type, other.type):
        raise Clash(f"{one.name} is {one.accepted} for one model, {other.accepted} for another")
    minimum = max((each for each in (one.minimum, other.minimum) if each is not None), default=None)
    maximum = min((each for each in (one.maximum, other.maximum) if each is not None), default=None)
    categories = _shared(one.categories, other.categories)
    if categories == [] or (minimum is not None and maximum is not None and minimum > maximum):
        raise Clash(f"{one.name}: no value is both {one.accepted} and {other.accepted}")
    return replace(
        one,
        type=one.type if one.type == other.type else "int",
        nullable=one.nullable and other.nullable,
        minimum=minimum,
        maximum=maximum,
        categories=categories,
    )


def optional(column: Input) -> Input:
    return replace(column, nullable=True)


def unlimited(column: Input) -> Input:
    """Any value of its type, or none."""
    return replace(column, nullable=True, minimum=None, maximum=None, categories=None)


def _shared(one: list[str] | None, other: list[str] | None) -> list[str] | None:
    if one and other:
        return [each for each in one if each in other]
    return one or other
