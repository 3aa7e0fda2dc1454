"""JSON documents: written whole or not at all, the same content always the same bytes."""

import json
from pathlib import Path


def write(content: object, path: Path) -> None:
    """Write JSON beside its place, then rename it; ValueError for a number that JSON does not know."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".tmp")
    text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)
