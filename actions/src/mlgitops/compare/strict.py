"""A YAML file, read strictly: what does not fit is said in one line, with its path and what would be right."""

import msgspec
import yaml
from msgspec import inspect

from mlgitops.errors import CannotCheck

LARGEST = 1e12  # a limit that only refuses infinity, and is not mentioned


def load(content: bytes, name: str) -> object:
    """The file's tree; CannotCheck, with the line, for what is not YAML or has a key twice. name: for errors."""
    try:
        return yaml.load(content, _UniqueKeys)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise CannotCheck(f"{name}{line}", given=getattr(error, "problem", None) or "not YAML") from error


def convert(tree: object, kind: type, name: str, at: str = ""):
    """A tree, or the part of it at a path, as a Struct; CannotCheck with the path and what is accepted there."""
    try:
        return msgspec.convert(tree, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        what, _, where = str(error).partition(" - at ")
        keys = [key for key in where.removeprefix("`key in ").strip("`").split(".") if key not in ("", "$")]
        path = (at + ".".join(keys)).rstrip(".")
        accepted = _accepted(inspect.type_info(kind), keys)
        said = f"{what[:1].lower()}{what[1:]}" + (f"; accepted: {accepted}" if accepted else "")
        raise CannotCheck(f"{name}: {path}" if path else name, given=said) from error


class _UniqueKeys(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):
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
    """What fits at a path, in words: the keys of a section, the choices, or the range of a number."""
    if isinstance(kind, inspect.UnionType):
        kind = kind.types[0]
    if isinstance(kind, inspect.StructType):
        fields = {field.name: field.type for field in kind.fields}
        if not keys:
            return ", ".join(fields)
        return _accepted(fields[keys[0]], keys[1:]) if keys[0] in fields else ", ".join(fields)
    if isinstance(kind, inspect.LiteralType):
        return ", ".join(map(str, kind.values))
    if isinstance(kind, (inspect.FloatType, inspect.IntType)):
        low = f"above {kind.gt:g}" if kind.ge is None else "" if kind.ge == -LARGEST else f"from {kind.ge:g}"
        high = "" if kind.le == LARGEST else f"to {kind.le:g}"
        return " ".join(filter(None, ["a number", low, high]))
    return "a list of column names" if isinstance(kind, inspect.ListType) else "text"
