"""The OpenAPI page's view of a request body that the handlers decode by themselves."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody

from .types import MAX_ROWS


def documented(item: type[msgspec.Struct], example: dict[str, Any]) -> type[Operation]:
    """An operation whose body is `item` or a list of them, as msgspec describes it."""
    _, components = msgspec.json.schema_components([item], ref_template="{name}")
    one = components[item.__name__]
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_ROWS}
    media = OpenAPIMediaType(schema={"anyOf": [one, many]}, example=example)

    @dataclass
    class Documented(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(required=True, content={"application/json": media})

    return Documented
