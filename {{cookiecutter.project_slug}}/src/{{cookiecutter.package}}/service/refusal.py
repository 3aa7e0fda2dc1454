"""Bad input, said so that the caller can mend it: the field, the problem, and what is accepted."""

import re

import msgspec

from .signature import Input

WHERE = re.compile(r"^(?P<problem>.*?)(?: - at `\$(?:\[(?P<row>\d+)\])?(?:\.(?P<field>.+))?`)?$", re.DOTALL)
NAMED = re.compile(r"(?:required|unknown) field `(?P<field>.+)`$")


class Refusal(msgspec.Struct, omit_defaults=True):
    """The answer to a request that can't be scored. row counts from 0, for a list of rows."""

    problem: str
    row: int | None = None
    field: str | None = None
    accepted: str | None = None


class Refused(Exception):
    """status: 400 what is no row, 413 too much, 422 a row with a value that does not fit."""

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
    """A Refusal from msgspec's own message, which ends in the place of the fault."""
    found = WHERE.match(message)
    problem, field = found["problem"], found["field"]
    if named := NAMED.search(problem):
        field = named["field"]
    row = None if found["row"] is None else int(found["row"])
    if "unknown field" in problem and inputs:
        accepted = "the fields " + ", ".join(inputs)
    else:
        accepted = inputs[field].accepted if field in inputs else None
    return Refusal(problem=problem, row=row, field=field, accepted=accepted)


def _status(refusal: Refusal) -> int:
    if "of length <=" in refusal.problem and refusal.field is None:
        return 413
    return 400 if refusal.field is None else 422
