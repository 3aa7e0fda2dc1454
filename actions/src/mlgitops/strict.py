"""A YAML file, read strictly: what does not fit is said in one line, with its path and what would be right."""

import re
from collections.abc import Iterable

import msgspec
import yaml
from msgspec import inspect

from mlgitops.errors import CannotCheck

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times as fast
PLACE = re.compile(r"[\w$-]+|\[\d+\]")  # the parts of a path as msgspec writes it, `$.routes[0].model`
DEEPEST = 50  # levels
LARGEST = 1e12  # a limit that only refuses infinity, and is not mentioned


def load(content: bytes, name: str) -> object:
    """The file's tree; CannotCheck, with the line, for what is not YAML, has a key twice or is nested too deeply.

    name: for errors.
    """
    try:
        _refuse_depth(content, name)
        return yaml.load(content, _UniqueKeys)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise CannotCheck(f"{name}{line}", given=getattr(error, "problem", None) or "not YAML") from error


def _refuse_depth(content: bytes, name: str) -> None:
    """Look at the brackets alone first: where they are nested too deeply, libyaml ends the whole process."""
    depth = 0
    for event in yaml.parse(content, LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            line = event.start_mark.line + 1
            raise CannotCheck(f"{name}:{line}", given=f"nested too deeply; accepted: {DEEPEST} levels")


def convert(tree: object, kind: type, name: str, at: str = ""):
    """A tree, or the part of it at a path, as a Struct; CannotCheck with the path and what is accepted there."""
    try:
        return msgspec.convert(tree, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        what, _, where = str(error).partition(" - at ")
        keys = [key for key in PLACE.findall(where.removeprefix("`key` in ")) if key != "$"]
        path = (at + ".".join(keys)).rstrip(".")
        accepted = _accepted(inspect.type_info(kind), keys)
        if " matching regex" in what:  # a pattern tells people nothing
            what = f"{_value(tree, keys)!r} does not fit"
        what = what[:1].lower() + what[1:]
        said = f"{what}; accepted: {accepted}" if accepted else what
        raise CannotCheck(f"{name}: {path}" if path else name, given=said) from error


def items(tree: object, key: str) -> Iterable[tuple[str, object]]:
    """The items of a mapping in the tree, to be converted one by one: msgspec does not name the key of a wrong one.
    None where there is no such mapping, which converting the whole tree will say."""
    found = tree.get(key) if isinstance(tree, dict) else None
    return found.items() if isinstance(found, dict) else ()


def _value(tree: object, keys: list[str]) -> object:
    """What is at a path; of a mapping whose keys are wrong, those."""
    for key in keys:
        tree = tree[int(key.strip("[]"))] if key.startswith("[") else tree[key]
    return ", ".join(map(str, tree)) if isinstance(tree, dict) else tree


class _UniqueKeys(LOADER):
    """YAML in which a repeated key is an error: plain YAML silently keeps the last one."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                problem = f"the key {key.value!r} is there twice; keep one"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _accepted(kind: inspect.Type, keys: list[str]) -> str:
    """What fits at a path, in words: a description, the keys of a section, the choices, or the range of a number."""
    if isinstance(kind, inspect.Metadata):
        return (kind.extra_json_schema or {}).get("description") or _accepted(kind.type, keys)
    if isinstance(kind, inspect.UnionType):
        kind = kind.types[0]
    if isinstance(kind, inspect.StructType):
        fields = {field.name: field.type for field in kind.fields}
        return _accepted(fields[keys[0]], keys[1:]) if keys and keys[0] in fields else ", ".join(fields)
    if isinstance(kind, inspect.DictType):
        return _accepted(kind.key_type, [])
    if isinstance(kind, inspect.ListType):
        return _accepted(kind.item_type, keys[1:]) if keys else "a list of " + _plural(kind.item_type)
    if isinstance(kind, inspect.LiteralType):
        return ", ".join(map(str, kind.values))
    if isinstance(kind, (inspect.FloatType, inspect.IntType)):
        return _range(kind)
    return "text"


def _range(kind: inspect.FloatType | inspect.IntType) -> str:
    low = "" if kind.ge in (None, -LARGEST) else f"from {kind.ge:g}"
    low = low if kind.gt is None else f"above {kind.gt:g}"
    high = "" if kind.le in (None, LARGEST) else f"to {kind.le:g}"
    return " ".join(filter(None, ["a number", low, high]))


def _plural(kind: inspect.Type) -> str:
    return "mappings of " + _accepted(kind, []) if isinstance(kind, inspect.StructType) else "names"
