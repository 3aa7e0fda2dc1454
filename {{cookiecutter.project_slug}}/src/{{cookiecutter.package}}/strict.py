"""YAML in which a key stands once: plain YAML takes the last of two, and nobody sees it."""

from pathlib import Path

import yaml


class UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """The safe loader, which makes plain data only, and refuses a key that is there twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                problem = f"{key.value} is there twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(path: Path) -> object:
    """The content of a YAML file; OSError where there is none, ValueError says in one line what is wrong."""
    try:
        return yaml.load(path.read_bytes(), UniqueKeys)
    except (yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).replace('in "<byte string>", ', "at ").split())
        raise ValueError(reason) from None
