"""An environment's file, edited as a person would do it: a version or a weight changes, and no other character does."""

from collections.abc import Iterator

import yaml
from msgspec.structs import replace

from mlgitops.environments.environment import Endpoint, Route, parse
from mlgitops.errors import CannotCheck

Edit = tuple[int, int, str]  # of a text: from, to, what stands there then


def endpoint(content: bytes, path: str, name: str, wanted: Endpoint) -> bytes:
    """The file with the routes and the shadow of an endpoint as wanted; comments and form stay.

    A version that comes takes the line of one that goes. CannotCheck where the result would not be exactly what is
    wanted, or the file is not one that can be deployed.
    """
    found, text = parse(content, path), content.decode()
    was = found.endpoints[name]
    text = _applied(text, _routed(text, _list(text, name, "routes"), was.routes, wanted.routes))
    for gone in [model for model in _after(was.routes, wanted.routes) if model not in _models(wanted.routes)]:
        text = _without(text, name, "routes", gone)
    for gone in [model for model in was.shadow if model not in wanted.shadow]:
        text = _without(text, name, "shadow", gone)
    made = text.encode()
    if _read(made, path) != replace(found, endpoints=found.endpoints | {name: wanted}):
        raise CannotCheck("The file can't be edited by a program", given=f"{path}: endpoints.{name}", next="Edit it")
    return made


def _routed(text: str, listed: yaml.SequenceNode, was: list[Route], wanted: list[Route]) -> Iterator[Edit]:
    """What stays and what comes; what goes without a successor is cut afterwards."""
    weights = {route.model: route for route in wanted}
    coming = [route for route in wanted if route.model not in _models(was)]
    for item, route in zip(listed.value, was, strict=True):
        then = weights.get(route.model) or (coming.pop(0) if coming else None)
        if then:
            yield from _rewritten(item, then)
    last = listed.value[-1]
    for route in coming:
        offset = last.start_mark.index
        copy = _applied(text[offset : _end(last)], _shifted(_rewritten(last, route), -offset))
        if listed.flow_style:
            yield _end(last), _end(last), f", {copy}"
        else:
            begin, end = _line(text, offset)[0], _line(text, _end(last))[1]
            yield end, end, f"\n{text[begin:offset]}{copy}"


def _rewritten(item: yaml.MappingNode, route: Route) -> Iterator[Edit]:
    """One route's model and weight, in its place."""
    model, weight = _value(item, "model"), _value(item, "weight")
    quote = model.style or ""
    yield model.start_mark.index, model.end_mark.index, f"{quote}{route.model}{quote}"
    if weight:
        yield weight.start_mark.index, weight.end_mark.index, str(route.weight)
    elif route.weight != Route(route.model).weight:
        separator = ", " if item.flow_style else "\n" + " " * item.start_mark.column
        yield model.end_mark.index, model.end_mark.index, f"{separator}weight: {route.weight}"


def _without(text: str, name: str, key: str, model: str) -> str:
    """The text without one item of a list; without the list's key, too, where nothing else is in it."""
    listed = _list(text, name, key)
    number = next(n for n, item in enumerate(listed.value) if (_value(item, "model") or item).value == model)
    item, others = listed.value[number], listed.value[number + 1 :]
    if len(listed.value) == 1:
        start, end = _line(text, _key(text, name, key).start_mark.index)[0], _line(text, _end(item))[1] + 1
    elif not listed.flow_style:
        start, end = _line(text, item.start_mark.index)[0], _line(text, _end(item))[1] + 1
    elif others:
        start, end = item.start_mark.index, others[0].start_mark.index
    else:
        start, end = _end(listed.value[number - 1]), _end(item)
    return text[:start] + text[end:]


def _after(was: list[Route], wanted: list[Route]) -> list[str]:
    """The models of a list when those that come have taken the lines of those that go."""
    coming = [model for model in _models(wanted) if model not in _models(was)]
    return [model if model in _models(wanted) or not coming else coming.pop(0) for model in _models(was)]


def _models(routes: list[Route]) -> list[str]:
    return [route.model for route in routes]


def _read(content: bytes, path: str):
    """None where what was made can't be deployed."""
    try:
        return parse(content, path)
    except CannotCheck:
        return None


def _list(text: str, name: str, key: str) -> yaml.SequenceNode:
    return _value(_value(_value(yaml.compose(text, yaml.SafeLoader), "endpoints"), name), key)


def _key(text: str, name: str, key: str) -> yaml.ScalarNode:
    endpoint = _value(_value(yaml.compose(text, yaml.SafeLoader), "endpoints"), name)
    return next(node for node, _ in endpoint.value if node.value == key)


def _value(node: yaml.Node, key: str) -> yaml.Node | None:
    """What a mapping has under a key; None for what is no mapping, too."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _end(node: yaml.Node) -> int:
    """Behind the last character of a node; a block's own end mark is where the next one begins."""
    is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    return _end(node.value[-1][1]) if is_block else node.end_mark.index


def _line(text: str, index: int) -> tuple[int, int]:
    """Where the line around a place begins, and where it ends."""
    end = text.find("\n", index)
    return text.rfind("\n", 0, index) + 1, len(text) if end < 0 else end


def _shifted(edits: Iterator[Edit], by: int) -> Iterator[Edit]:
    return ((start + by, end + by, new) for start, end, new in edits)


def _applied(text: str, edits: Iterator[Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
