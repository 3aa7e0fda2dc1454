"""What an endpoint takes and gives, as JSON Schema; `x-unit` and `x-accepted` say what it has no word for."""

from typing import Any

import msgspec

from ..models.signature import Input
from ..models.types import FLOAT, INT, TEXT
from ..traffic.endpoint import Endpoint
from ..traffic.pipeline import Pipeline

Schema = dict[str, Any]
COMMON = {"id": "Names this prediction, for feedback", "model": "The version that answered"}
TYPES = {"string": "string", "float": "number", "int": "integer"}


def of(endpoint: Endpoint) -> Schema:
    """The components <endpoint>.Row, .Scored, .Prediction, .Answer and .Truth."""
    scored = struct(endpoint.types.scored)
    scored["properties"]["model"]["description"] = COMMON["model"]
    if unit := endpoint.output.unit:
        scored["properties"][endpoint.output.name]["x-unit"] = unit
    found = {
        "Row": _row(endpoint.inputs, endpoint.example),
        "Scored": scored,
        "Prediction": record(_identified(scored["properties"])),
        "Answer": _answer(endpoint.name),
        "Truth": struct(endpoint.types.truth),
    }
    return {f"{endpoint.name}.{kind}": schema for kind, schema in found.items()}


def of_pipeline(pipeline: Pipeline) -> Schema:
    """The components <pipeline>.Row, .Prediction and .Answer."""
    steps = {each.name: ref(each.name, "Scored") for each in pipeline.endpoints}
    found = {
        "Row": _row(pipeline.inputs, pipeline.example),
        "Prediction": record(_identified(steps)),
        "Answer": _answer(pipeline.name),
    }
    return {f"{pipeline.name}.{kind}": schema for kind, schema in found.items()}


def record(properties: Schema) -> Schema:
    """An object that has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def ref(name: str, kind: str) -> Schema:
    """Where the document has a component of an endpoint."""
    return {"$ref": f"#/components/schemas/{name}.{kind}"}


def struct(kind: type[msgspec.Struct]) -> Schema:
    """A struct without others in it, as msgspec checks it."""
    _, components = msgspec.json.schema_components([kind], ref_template="{name}")
    return components[kind.__name__]


def _identified(properties: Schema) -> Schema:
    return {"id": {"type": "string", "description": COMMON["id"]}} | properties


def _answer(name: str) -> Schema:
    return record({"predictions": {"type": "array", "items": ref(name, "Prediction")}})


def _row(inputs: list[Input], example: dict[str, Any]) -> Schema:
    return {
        "type": "object",
        "properties": {each.name: _column(each, example[each.name]) for each in inputs},
        "required": [each.name for each in inputs if not each.nullable],
        "additionalProperties": False,
    }


def _column(column: Input, example: Any) -> Schema:
    found: Schema = {"type": TYPES[column.type]}
    if column.categories:
        found["enum"] = [*column.categories, *([None] if column.nullable else [])]
    elif column.type == "string":
        found["maxLength"] = TEXT
    else:
        limit = FLOAT if column.type == "float" else INT
        found["minimum"] = -limit if column.minimum is None else column.minimum
        found["maximum"] = limit if column.maximum is None else column.maximum
    if column.nullable:
        found["type"] = [found["type"], "null"]
    words = {"description": column.description, "x-unit": column.unit, "x-accepted": column.accepted}
    return found | {name: said for name, said in words.items() if said} | {"examples": [example]}
