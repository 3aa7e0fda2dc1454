"""What fields are made of: limited lengths, patterns and ranges; a part that refuses unknown fields."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(max_length=200)]
Line = Annotated[str, Meta(max_length=500)]
END = r"$(?!\n)"  # in Python, $ alone also matches before a last line end
Commit = Annotated[str, Meta(pattern="^([0-9a-f]{40})?" + END)]
Digest = Annotated[str, Meta(pattern="^(md5:[0-9a-f]{32})?" + END)]
LabelsDigest = Annotated[str, Meta(pattern="^(sha256:[0-9a-f]{64})?" + END)]
LARGEST = 1e15  # what lies beyond is as good as infinite
Number = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=10**12)]
Direction = Literal["higher", "lower"]


class Facts(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the report; unknown fields are refused."""


def clipped(text: object, length: int = 200) -> str:
    """Text that fits a field: cut with an ellipsis, and lone surrogates, which JSON can't hold, replaced."""
    text = str(text).encode(errors="replace").decode()
    return text if len(text) <= length else text[: length - 1] + "…"
