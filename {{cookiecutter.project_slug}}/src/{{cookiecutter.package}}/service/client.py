"""The typed Python client of an endpoint: one file, made from the OpenAPI document."""

import json
from pathlib import Path
from string import Template

from .schemas import Schema
from .types import MAX_ROWS

TEMPLATE = Path(__file__).with_name("client.txt")
TYPES = {"string": "str", "number": "float", "integer": "int", "null": "None"}


def source(document: Schema, name: str) -> str:
    """The client of an endpoint as Python source; `document` is of what serves now."""
    schemas = document["components"]["schemas"]
    row, prediction, truth = (schemas[f"{name}.{kind}"] for kind in ("Row", "Prediction", "Truth"))
    example = {column: schema["examples"][0] for column, schema in row["properties"].items()}
    return Template(TEMPLATE.read_text()).substitute(
        endpoint=name,
        endpoint_literal=json.dumps(name),
        address=document["servers"][0]["url"],
        example=_mapping([f"{_literal(key)}: {_literal(value)}," for key, value in example.items()]),
        row=_row(row),
        prediction=_prediction(prediction),
        truth=_type(truth["properties"]["truth"]),
        truth_example=1,
        max_rows=f"{MAX_ROWS:,}",
    )


def _row(schema: Schema) -> str:
    """A TypedDict in its functional form: a column may have any name."""
    lines = []
    for name, column in schema["properties"].items():
        kind = _type(column) if name in schema["required"] else f"NotRequired[{_type(column)}]"
        lines += [f"# {_about(column)}", f"{_literal(name)}: {kind},"]
    return f'Row = TypedDict("Row", {_mapping(lines)})'


def _mapping(lines: list[str]) -> str:
    return "\n".join(["{", *(f"    {line}" for line in lines), "}"])


def _prediction(schema: Schema) -> str:
    lines = []
    for name, column in schema["properties"].items():
        about = f"  # {said}" if (said := _about(column)) else ""
        lines.append(f"    {name}: {_type(column)}{about}")
    return "\n".join(lines)


def _type(schema: Schema) -> str:
    if "enum" in schema:
        return f"Literal[{', '.join(map(_literal, schema['enum']))}]"
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(TYPES[kind] for kind in kinds)


def _literal(value: str | float | None) -> str:
    if isinstance(value, str) and value.isprintable():
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _about(schema: Schema) -> str:
    """Description (unit): accepted, in one line: a comment that nothing can end."""
    said = schema.get("description", "")
    if unit := schema.get("x-unit"):
        said += f" ({unit})"
    if accepted := schema.get("x-accepted"):
        said += f": {accepted}"
    return "".join(each if each.isprintable() else " " for each in said)
