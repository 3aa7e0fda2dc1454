"""The typed Python client of an endpoint: one file, made from the OpenAPI document."""

import json
from collections.abc import Iterator
from pathlib import Path
from string import Template

from ..models.types import MAX_ROWS
from .schemas import Schema

TEMPLATE = Path(__file__).with_name("client.txt")
TYPES = {"string": "str", "number": "float", "integer": "int", "null": "None"}

FEEDBACK = Template('''
    def feedback(self, id: str, truth: $truth) -> None:
        """Tell what was true of an earlier prediction."""
        self._post("feedback", {"id": id, "truth": truth}, {})
''')


def source(document: Schema, name: str) -> str:
    """The client of an endpoint as Python source; `document` is of what serves now."""
    schemas = document["components"]["schemas"]
    row, prediction, truth = (schemas.get(f"{name}.{kind}") for kind in ("Row", "Prediction", "Truth"))
    example = [
        f"{_literal(column)}: {_literal(schema['examples'][0])},"
        for column, schema in row["properties"].items()
    ]
    return Template(TEMPLATE.read_text()).substitute(
        endpoint=name,
        endpoint_literal=_literal(name),
        address=document["servers"][0]["url"],
        row=_dictionary("Row", row),
        example=_mapping(example),
        predictions="\n\n".join(_predictions(schemas, prediction)),
        feedback=FEEDBACK.substitute(truth=_type(truth["properties"]["truth"])) if truth else "",
        max_rows=f"{MAX_ROWS:,}",
    )


def _predictions(schemas: Schema, prediction: Schema) -> Iterator[str]:
    """The type of a prediction, after those of a pipeline's steps."""
    fields = {}
    for number, (name, column) in enumerate(prediction["properties"].items()):
        if "$ref" in column:
            yield _dictionary(f"Step{number}", schemas[column["$ref"].rpartition("/")[2]])
            column = {"python": f"Step{number}"}
        fields[name] = column
    yield _dictionary("Prediction", prediction | {"properties": fields})


def _dictionary(title: str, schema: Schema) -> str:
    """A TypedDict in its functional form: a column may have any name."""
    lines = []
    for name, column in schema["properties"].items():
        kind = _type(column) if name in schema["required"] else f"NotRequired[{_type(column)}]"
        if about := _about(column):
            lines.append(f"# {about}")
        lines.append(f"{_literal(name)}: {kind},")
    return f'{title} = TypedDict("{title}", {_mapping(lines)})'


def _mapping(lines: list[str]) -> str:
    return "\n".join(["{", *(f"    {line}" for line in lines), "}"])


def _type(schema: Schema) -> str:
    if "python" in schema:
        return schema["python"]
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
    unit = schema.get("x-unit")
    words = " ".join(filter(None, [schema.get("description"), unit and f"({unit})"]))
    said = ": ".join(filter(None, [words, schema.get("x-accepted")]))
    return "".join(each if each.isprintable() else " " for each in said)
