"""Request and answer types made from a model's signature: OpenAPI, checks and errors follow the model."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from .signature import Input, Signature

MAX_ROWS = 10_000
FLOAT = 3.4028235e38  # the graph computes in float32: what is beyond would become infinite
INT = 2**63 - 1
PREDICTION_ID = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}(-\d{1,5})?$", description="as /predict answered")]


@dataclass(frozen=True)
class Types:
    """Row, and what is made of it. body, truths: one of them or a list."""

    row: type[msgspec.Struct]
    body: Any
    prediction: type[msgspec.Struct]
    answer: type[msgspec.Struct]
    truth: type[msgspec.Struct]
    truths: Any

    @classmethod
    def of(cls, signature: Signature) -> "Types":
        row, prediction = row_type(signature), prediction_type(signature)
        fields = [("predictions", list[prediction])]
        truth = truth_type(signature)
        return cls(
            row=row,
            body=one_or_many(row),
            prediction=prediction,
            answer=msgspec.defstruct(title(signature, "Answer"), fields, gc=False),
            truth=truth,
            truths=one_or_many(truth),
        )


def row_type(signature: Signature) -> type[msgspec.Struct]:
    """One raw row. Its attributes are numbered and renamed in JSON: a column may have any name."""
    fields, names = [], {}
    for number, column in enumerate(signature.inputs):
        attribute = f"column_{number}"
        names[attribute] = column.name
        fields.append((attribute, field_type(column), *([None] if column.nullable else [])))
    return msgspec.defstruct(
        title(signature, "Row"), fields, rename=names, kw_only=True, forbid_unknown_fields=True, gc=False
    )


def field_type(column: Input) -> Any:
    """The type of one column, with its limits and description."""
    extra = {"description": column.description or None}
    if column.categories:
        found = Annotated[Literal[tuple(column.categories)], Meta(**extra)]
    elif column.type == "string":
        found = Annotated[str, Meta(**extra)]
    else:
        kind, limit = (float, FLOAT) if column.type == "float" else (int, INT)
        low = -limit if column.minimum is None else kind(column.minimum)
        high = limit if column.maximum is None else kind(column.maximum)
        found = Annotated[kind, Meta(ge=low, le=high, **extra)]
    return found | None if column.nullable else found


def prediction_type(signature: Signature) -> type[msgspec.Struct]:
    """id, the model, the output under the signature's name, and the label where there is a threshold."""
    output = signature.outputs[0]
    found = Annotated[float, Meta(description=output.description or None)]
    fields = [("id", str), ("model", str), (output.name, found)]
    if signature.threshold is not None:
        note = f"1 from a {output.name} of {signature.threshold:g} on"
        fields.append(("label", Annotated[int, Meta(description=note)]))
    return msgspec.defstruct(title(signature, "Prediction"), fields, gc=False)


def truth_type(signature: Signature) -> type[msgspec.Struct]:
    truth = Literal[0, 1] if signature.task == "binary" else Annotated[float, Meta(ge=-FLOAT, le=FLOAT)]
    fields = [("id", PREDICTION_ID), ("truth", truth)]
    return msgspec.defstruct(title(signature, "Truth"), fields, forbid_unknown_fields=True, gc=False)


def one_or_many(item: type[msgspec.Struct]) -> Any:
    return item | Annotated[list[item], Meta(min_length=1, max_length=MAX_ROWS)]


def title(signature: Signature, kind: str) -> str:
    """late-arrival, Row → LateArrivalRow: the name in the OpenAPI page."""
    return "".join(word.capitalize() for word in signature.name.replace("_", "-").split("-")) + kind
