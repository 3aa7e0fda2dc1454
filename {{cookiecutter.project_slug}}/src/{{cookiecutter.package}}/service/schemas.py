"""What an endpoint takes and gives, as JSON Schema; `x-unit` and `x-accepted` say what it has no word for."""

from typing import Any

import msgspec

from .signature import Input
from .state import Endpoint
from .types import FLOAT, INT

Schema = dict[str, Any]
COMMON = {"id": "Names this prediction, for feedback", "model": "The version that answered"}
TYPES = {"string": "string", "float": "number", "int": "integer"}


def of(endpoint: Endpoint) -> Schema:
    """The components of an endpoint: <endpoint>.Row, .Prediction, .Answer and .Truth."""
    signature, types = endpoint.bundle.signature, endpoint.types
    example = signature.examples[0].inputs
    row = {each.name: _property(each, example.get(each.name)) for each in signature.inputs}
    needed = [each.name for each in signature.inputs if not each.nullable]
    prediction = struct(types.prediction)
    for name, description in COMMON.items():
        prediction["properties"][name]["description"] = description
    for output in signature.outputs:
        prediction["properties"][output.name] |= {"x-unit": output.unit} if output.unit else {}
    answer = {"predictions": {"type": "array", "items": ref(endpoint, "Prediction")}}
    found = {
        "Row": {"type": "object", "properties": row, "required": needed, "additionalProperties": False},
        "Prediction": prediction,
        "Answer": record(answer),
        "Truth": struct(types.truth),
    }
    return {f"{endpoint.name}.{kind}": schema for kind, schema in found.items()}


def _property(column: Input, example: Any) -> Schema:
    found: Schema = {"type": TYPES[column.type]}
    if column.categories:
        found |= {"enum": [*column.categories, *([None] if column.nullable else [])]}
    if column.type != "string":
        limit = FLOAT if column.type == "float" else INT
        found["minimum"] = -limit if column.minimum is None else column.minimum
        found["maximum"] = limit if column.maximum is None else column.maximum
    if column.nullable:
        found |= {"type": [found["type"], "null"]}
    words = {"description": column.description, "x-unit": column.unit, "x-accepted": column.accepted}
    return found | {name: said for name, said in words.items() if said} | {"examples": [example]}


def record(properties: Schema) -> Schema:
    """An object that has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def ref(endpoint: Endpoint, kind: str) -> Schema:
    """Where the document has a component of an endpoint."""
    return {"$ref": f"#/components/schemas/{endpoint.name}.{kind}"}


def struct(kind: type[msgspec.Struct]) -> Schema:
    """A struct without others in it, as msgspec checks it."""
    _, components = msgspec.json.schema_components([kind], ref_template="{name}")
    return components[kind.__name__]
