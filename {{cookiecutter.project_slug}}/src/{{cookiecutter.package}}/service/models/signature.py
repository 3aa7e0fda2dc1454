"""signature.json of a bundle: what a model takes and what it gives."""

from typing import Literal

import msgspec


class Input(msgspec.Struct, kw_only=True, frozen=True):
    """One raw column. minimum and maximum are inclusive; categories are the only strings accepted."""

    name: str
    type: Literal["string", "float", "int"]
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    categories: list[str] | None = None
    description: str = ""
    unit: str = ""

    @property
    def accepted(self) -> str:
        """What is accepted, in words: "a number from 1 to 12, or null"."""
        words = {"string": "a string", "float": "a number", "int": "a whole number"}[self.type]
        if self.categories:
            words = "one of " + ", ".join(self.categories)
        elif self.minimum is not None and self.maximum is not None:
            words += f" from {self.minimum:g} to {self.maximum:g}"
        elif self.minimum is not None:
            words += f" of at least {self.minimum:g}"
        elif self.maximum is not None:
            words += f" of at most {self.maximum:g}"
        return words + (", or null" if self.nullable else "")


class Output(msgspec.Struct, kw_only=True, frozen=True):
    name: str
    type: Literal["float"] = "float"
    description: str = ""
    unit: str = ""


class Example(msgspec.Struct, kw_only=True, frozen=True):
    """A golden row: held-out inputs and the output that the model gave when it was packaged."""

    inputs: dict[str, str | float | int | None]
    output: float


class Signature(msgspec.Struct, kw_only=True, frozen=True):
    """threshold: from which probability on the label is 1; None for a regression.

    onnx_output, onnx_column: the graph's output that is the answer, and its column.
    """

    schema: Literal[1]
    name: str
    task: Literal["binary", "regression"]
    threshold: float | None = None
    inputs: list[Input]
    outputs: list[Output]
    examples: list[Example]
    onnx_output: str
    onnx_column: int = 0
