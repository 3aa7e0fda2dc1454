"""Request and answer types made from the models' signatures: OpenAPI, checks and errors follow the model."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from .signature import Input, Signature

MAX_ROWS = 10_000
FLOAT = 3.4028235e38  # the graph computes in float32: what is beyond would become infinite
INT = 2**63 - 1
TEXT = 1_000  # characters: rows wait in memory for the log
PREDICTION_ID = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}(-\d{1,5})?$", description="as /predict answered")]


@dataclass(frozen=True)
class Types:
    """Row, and what is made of it. body, truths: one or a list. scored: a prediction without its id."""

    row: type[msgspec.Struct]
    body: Any
    scored: type[msgspec.Struct]
    prediction: type[msgspec.Struct]
    answer: type[msgspec.Struct]
    truth: type[msgspec.Struct]
    truths: Any

    @classmethod
    def of(cls, name: str, inputs: list[Input], models: list[Signature]) -> "Types":
        """Of an endpoint that answers with these models: they have one task and one output."""
        row, fields = row_type(title(name, "Row"), inputs), scored_fields(models)
        prediction = msgspec.defstruct(title(name, "Prediction"), [("id", str), *fields], gc=False)
        truth = truth_type(title(name, "Truth"), models[0])
        return cls(
            row=row,
            body=one_or_many(row),
            scored=msgspec.defstruct(title(name, "Scored"), fields, gc=False),
            prediction=prediction,
            answer=answer_type(name, prediction),
            truth=truth,
            truths=one_or_many(truth),
        )


def row_type(name: str, inputs: list[Input]) -> type[msgspec.Struct]:
    """One raw row. Its attributes are numbered and renamed in JSON: a column may have any name."""
    fields, names = [], {}
    for number, column in enumerate(inputs):
        attribute = f"column_{number}"
        names[attribute] = column.name
        fields.append((attribute, field_type(column), *([None] if column.nullable else [])))
    return msgspec.defstruct(name, fields, rename=names, kw_only=True, forbid_unknown_fields=True, gc=False)


def field_type(column: Input) -> Any:
    """The type of one column, with its limits and description."""
    extra = {"description": column.description or None}
    if column.categories:
        found = Annotated[Literal[tuple(column.categories)], Meta(**extra)]
    elif column.type == "string":
        found = Annotated[str, Meta(max_length=TEXT, **extra)]
    else:
        kind, limit = (float, FLOAT) if column.type == "float" else (int, INT)
        low = -limit if column.minimum is None else column.minimum
        high = limit if column.maximum is None else column.maximum
        if kind is int:
            low, high = math.ceil(low), math.floor(high)
        found = Annotated[kind, Meta(ge=low, le=high, **extra)]
    return found | None if column.nullable else found


def scored_fields(models: list[Signature]) -> list[tuple[str, Any]]:
    """The model, the output under the signature's name, and the label where there is a threshold."""
    output = models[0].outputs[0]
    found = Annotated[float, Meta(description=output.description or None)]
    fields = [("model", str), (output.name, found)]
    if models[0].threshold is not None:
        thresholds = " or ".join(f"{each:g}" for each in sorted({model.threshold for model in models}))
        note = f"1 from a {output.name} of {thresholds} on"
        fields.append(("label", Annotated[int, Meta(description=note)]))
    return fields


def answer_type(name: str, prediction: type[msgspec.Struct]) -> type[msgspec.Struct]:
    return msgspec.defstruct(title(name, "Answer"), [("predictions", list[prediction])], gc=False)


def truth_type(name: str, signature: Signature) -> type[msgspec.Struct]:
    truth = Literal[0, 1] if signature.task == "binary" else Annotated[float, Meta(ge=-FLOAT, le=FLOAT)]
    fields = [("id", PREDICTION_ID), ("truth", truth)]
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, gc=False)


def one_or_many(item: type[msgspec.Struct]) -> Any:
    return item | Annotated[list[item], Meta(min_length=1, max_length=MAX_ROWS)]


def title(name: str, kind: str) -> str:
    """late-arrival, Row → LateArrivalRow: the name in the OpenAPI page."""
    return "".join(word.capitalize() for word in name.replace("_", "-").split("-")) + kind
