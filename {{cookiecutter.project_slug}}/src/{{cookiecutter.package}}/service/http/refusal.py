"""Bad input, said so that the caller can mend it: the field, the problem, and what is accepted."""

import re

import msgspec

from ..models.signature import Input

AT = " - at `$"  # msgspec's messages end in the place of the fault, where it is not the whole
PLACE = re.compile(r"(?:\[(?P<row>\d+)\])?(?:\.(?P<field>.+))?`", re.DOTALL)
NAMED = re.compile(r"Object (?:missing required|contains unknown) field `(?P<field>.*)`", re.DOTALL)
TOO_MANY = "of length <="
SHOWN = 200  # characters of what a caller sent that an answer repeats


class Refusal(msgspec.Struct, omit_defaults=True):
    """The answer to a request that can't be scored. row counts from 0, for a list of rows."""

    problem: str
    row: int | None = None
    field: str | None = None
    accepted: str | None = None


class Refused(Exception):
    """status: 400 for what is no row, 413 for too many rows, 422 for a value that does not fit."""

    def __init__(self, refusal: Refusal, status: int = 400) -> None:
        self.refusal, self.status = refusal, status


def decode(decoder: msgspec.json.Decoder, body: bytes, inputs: dict[str, Input]):
    """The decoded body; Refused with the reason where it does not fit. inputs: what is known of them."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        refusal = explain(str(error), inputs)
        raise Refused(refusal, _status(refusal)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Refusal(problem=str(error))) from None


def explain(message: str, inputs: dict[str, Input]) -> Refusal:
    """A Refusal from msgspec's own message. In one pass: the caller may have written most of it."""
    problem, at, place = message.rpartition(AT)
    found = PLACE.fullmatch(place) if at else None
    problem, row, field = (problem, found["row"], found["field"]) if found else (message, None, None)
    if named := NAMED.fullmatch(problem):
        field = named["field"]
    if "unknown field" in problem and inputs:
        accepted = "the fields " + ", ".join(inputs)
    else:
        accepted = inputs[field].accepted if field in inputs else None
    row = None if row is None else int(row)
    return Refusal(problem=shortened(problem), row=row, field=field and shortened(field), accepted=accepted)


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _status(refusal: Refusal) -> int:
    if refusal.field is not None:
        return 422
    return 413 if TOO_MANY in refusal.problem else 400
