"""JSON documents: written whole or not at all, the same content always the same bytes."""

import json
from pathlib import Path

from .problem import Problem


def write(content: object, path: Path) -> None:
    """Write JSON beside its place, then rename it; ValueError for a number that JSON does not know."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".tmp")
    text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)


def read(path: Path) -> dict:
    """A document; Problem when it is missing or broken."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise Problem(f"{path} does not exist: run dvc repro, or dvc pull") from None
    except ValueError as error:
        raise Problem(f"{path} is not JSON: {error}") from None
