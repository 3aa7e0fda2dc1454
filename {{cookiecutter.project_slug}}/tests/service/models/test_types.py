"""What a signature accepts and refuses, and how a refusal is said."""

import msgspec
import pytest

from {{ cookiecutter.package }}.service.http.refusal import Refused, decode
from {{ cookiecutter.package }}.service.models.bundle import Bundle
from {{ cookiecutter.package }}.service.models.signature import Input
from {{ cookiecutter.package }}.service.models.types import Types, field_type

GOOD = {"carrier": "AA", "month": 6, "temp": 70.5}


def types(signature):
    return Types.of(signature.name, signature.inputs, [signature])


@pytest.fixture(scope="module")
def signature(bundle_maker, tmp_path_factory):
    return Bundle(bundle_maker(tmp_path_factory.mktemp("bundle") / "m")).signature


@pytest.fixture(scope="module")
def read(signature):
    """Decode a body as the service does."""
    decoder = msgspec.json.Decoder(types(signature).body)
    inputs = {each.name: each for each in signature.inputs}

    def read(body):
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return decode(decoder, raw, inputs)

    return read


def test_a_row_or_a_list_of_rows_in_the_order_of_the_signature(read):
    assert msgspec.structs.astuple(read(GOOD)) == ("AA", 6, 70.5)
    assert [msgspec.structs.astuple(row) for row in read([GOOD, GOOD | {"temp": None}])][1] == ("AA", 6, None)


def test_what_may_be_null_may_be_absent(read):
    assert msgspec.structs.astuple(read({"carrier": "UA", "month": 1})) == ("UA", 1, None)


@pytest.mark.parametrize(
    ("change", "field", "accepted"),
    [
        ({"carrier": "ZZ"}, "carrier", "one of AA, UA"),
        ({"carrier": None}, "carrier", "one of AA, UA"),
        ({"month": 13}, "month", "a whole number from 1 to 12"),
        ({"month": "6"}, "month", "a whole number from 1 to 12"),
        ({"month": 6.5}, "month", "a whole number from 1 to 12"),
        ({"month": True}, "month", "a whole number from 1 to 12"),
        ({"temp": "warm"}, "temp", "a number of at most 130, or null"),
        ({"temp": -1e39}, "temp", "a number of at most 130, or null"),
        ({"tail": "N1"}, "tail", "the fields carrier, month, temp"),
    ],
)
def test_a_refusal_names_the_field_and_what_is_accepted(read, change, field, accepted):
    with pytest.raises(Refused) as caught:
        read([GOOD, GOOD | change])
    assert (caught.value.refusal.row, caught.value.refusal.field) == (1, field)
    assert caught.value.refusal.accepted == accepted


def test_a_missing_field_is_named(read):
    with pytest.raises(Refused) as caught:
        read({"carrier": "AA"})
    assert caught.value.refusal.field == "month"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"[" * 100_000,
        b'{"carrier": "\xff", "month": 1}',
        b'{"carrier": "AA", "month": 1, "temp": NaN}',
        b'{"carrier": "AA", "month": 1, "temp": Infinity}',
        b'{"carrier": "AA", "month": 1, "temp": 1e400}',
        b'{"carrier": "AA", "month": 99999999999999999999}',
    ],
)
def test_what_is_no_row_is_refused(read, body):
    with pytest.raises(Refused):
        read(body)


def test_more_rows_than_a_request_may_have(read):
    with pytest.raises(Refused):
        read([GOOD] * 10_001)


def test_a_regression_answers_a_number_without_a_label(signature):
    regression = msgspec.structs.replace(signature, task="regression", threshold=None)
    regressed = types(regression)
    assert regressed.prediction.__struct_fields__ == ("id", "model", "probability")
    truth = msgspec.json.decode(b'{"id": "0123456789abcdef-7", "truth": -3.5}', type=regressed.truths)
    assert truth.truth == -3.5


@pytest.mark.parametrize(("number", "good"), [(b"0", False), (b"1", True), (b"2", True), (b"3", False)])
def test_a_whole_number_between_limits_that_are_none(number, good):
    kind = field_type(Input(name="month", type="int", minimum=0.5, maximum=2.5))
    if good:
        assert msgspec.json.decode(number, type=kind) == int(number)
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(number, type=kind)
