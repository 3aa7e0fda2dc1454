"""What the service says to input at the edges and beyond them; after each it answers the next caller."""

import json

import pytest

ROW = {"carrier": "AA", "month": 6, "temp": 0.1}
PREDICT, FEEDBACK = "/v1/late-arrival/predict", "/v1/late-arrival/feedback"
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def ask(steady_service):
    """Send a body as it is; the answer. The next caller is answered, whatever it was."""

    def ask(body: bytes | dict | list, path: str = PREDICT, kind: str = "application/json"):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = steady_service.http.post(path, content=raw, headers={"Content-Type": kind})
        assert steady_service.predict(ROW).status_code == 200
        return answer

    return ask


def with_text(value: str) -> bytes:
    """A row whose temperature is this text of JSON, or almost JSON."""
    return b'{"carrier": "AA", "month": 6, "temp": ' + value.encode() + b"}"


NOT_JSON = {
    "empty body": b"",
    "blank body": b" \n",
    "cut short": b'{"carrier": "AA", "mon',
    "text": b"late?",
    "two documents": json.dumps(ROW).encode() * 2,
    "invalid UTF-8": b'{"carrier": "\xff\xfe", "month": 6}',
    "lone surrogate": b'{"carrier": "\\ud800", "month": 6}',
    "NaN": with_text("NaN"),
    "Infinity": with_text("Infinity"),
    "minus Infinity": with_text("-Infinity"),
    "leading zero": with_text("007"),
    "single quotes": b"{'carrier': 'AA'}",
    "deep array": b"[" * 100_000,
    "deep array, closed": b"[" * 100_000 + b"]" * 100_000,
}
NO_ROW = {
    "null": b"null",
    "a number": b"7",
    "a string": b'"AA"',
    "true": b"true",
    "no rows": b"[]",
    "a list of numbers": b"[1, 2]",
    "a list of lists": b"[[]]",
}
NO_VALUE = {
    "string for a number": ({"month": "6"}, "month"),
    "number for a string": ({"carrier": 7}, "carrier"),
    "boolean for a number": ({"month": True}, "month"),
    "object for a number": ({"temp": {}}, "temp"),
    "list for a string": ({"carrier": ["AA"]}, "carrier"),
    "fraction for a whole number": ({"month": 6.5}, "month"),
    "below its range": ({"month": 0}, "month"),
    "above its range": ({"temp": 130.5}, "temp"),
    "beyond 64 bits": ({"month": 2**64}, "month"),
    "beyond float32": ({"temp": -1e39}, "temp"),
    "null where none may be": ({"month": None}, "month"),
    "unknown category": ({"carrier": "ZZ"}, "carrier"),
    "empty category": ({"carrier": ""}, "carrier"),
    "unknown field": ({"weather": "fine"}, "weather"),
    "field of the prototype": ({"__class__": "Row"}, "__class__"),
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_400_with_the_reason(ask, body):
    answer = ask(body)
    assert answer.status_code == 400 and answer.json()["problem"]


@pytest.mark.parametrize("body", NO_ROW.values(), ids=NO_ROW)
def test_what_is_no_row_is_400_with_the_reason(ask, body):
    answer = ask(body)
    assert answer.status_code == 400 and "Expected" in answer.json()["problem"]


@pytest.mark.parametrize(("change", "field"), NO_VALUE.values(), ids=NO_VALUE)
def test_a_value_that_does_not_fit_is_422_with_its_field_and_row(ask, change, field):
    alone, second = ask(ROW | change), ask([ROW, ROW | change])
    assert (alone.status_code, alone.json()["field"]) == (422, field)
    assert (second.status_code, second.json()["field"], second.json()["row"]) == (422, field, 1)
    assert alone.json()["problem"] and alone.json()["accepted"]


DEEP = {
    "unknown": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a list": with_text("[" * 100_000 + "]" * 100_000),
    "an object": with_text('{"a":' * 100_000 + "1" + "}" * 100_000),
    "a number beyond all": with_text("1e400"),
}


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
def test_a_field_of_any_depth_is_422(ask, body):
    answer = ask(body)
    assert answer.status_code == 422 and answer.json()["field"] in ("a", "temp")


@pytest.mark.parametrize("missing", ["carrier", "month"])
def test_a_missing_field_is_422(ask, missing):
    answer = ask({name: value for name, value in ROW.items() if name != missing})
    assert (answer.status_code, answer.json()["field"]) == (422, missing)


def test_null_is_scored_where_the_signature_has_it(ask, sigmoid):
    expected = pytest.approx(sigmoid(ROW | {"temp": None}, 1.0), abs=1e-6)
    for row in (ROW | {"temp": None}, {"carrier": "AA", "month": 6}):
        assert ask(row).json()["predictions"][0]["probability"] == expected


def test_the_last_of_two_equal_keys_counts(ask, sigmoid):
    (found,) = ask(b'{"carrier": "UA", "carrier": "AA", "month": 6, "temp": 0.1}').json()["predictions"]
    assert found["probability"] == pytest.approx(sigmoid(ROW, 1.0), abs=1e-6)


def test_ten_thousand_rows_are_scored_and_one_more_is_413(ask):
    assert len(ask([ROW] * 10_000).json()["predictions"]) == 10_000
    answer = ask([ROW] * 10_001)
    assert answer.status_code == 413 and "10000" in answer.json()["problem"]


@pytest.mark.parametrize("path", [PREDICT, FEEDBACK])
def test_more_than_ten_megabytes_are_413(ask, path):
    assert ask(b" " * (10 * MEGABYTE) + b"{", path).status_code == 413


@pytest.mark.parametrize("size", [MEGABYTE, 9 * MEGABYTE])
def test_a_long_string_is_refused_without_repeating_it(ask, size):
    answer = ask(ROW | {"carrier": "A" * size})
    assert answer.status_code == 422 and len(answer.content) < 1000
    answer = ask(ROW | {"A" * size: 1})
    assert answer.status_code == 422 and len(answer.content) < 2000


@pytest.mark.parametrize("text", [" - at `$.temp", "unknown field `", "` - at `$"])
def test_a_value_like_a_message_takes_no_time(ask, text):
    """Reading the parser's message again for each of its parts would take hours."""
    for row in (ROW | {"carrier": text * 500_000}, ROW | {text * 500_000: 1}):
        assert ask(row).status_code == 422


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""])
def test_the_body_is_json_whatever_its_header_says(ask, kind):
    assert ask(ROW, kind=kind).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_405_and_another_path_404(steady_service, method):
    assert steady_service.http.request(method, PREDICT).status_code == 405
    assert steady_service.http.request(method, "/v1/late-arrival/guess").status_code == 404
    assert steady_service.http.request(method, "/v1/%2e%2e/late-arrival/predict").status_code == 404


TRUTHS = {
    "no such form of id": ({"id": "x", "truth": 1}, 422),
    "long id": ({"id": "0" * 100_000, "truth": 1}, 422),
    "no class": ({"id": "0123456789abcdef", "truth": 2}, 422),
    "null": ({"id": "0123456789abcdef", "truth": None}, 422),
    "missing": ({"id": "0123456789abcdef"}, 422),
    "none": ([], 400),
    "too many": ([{"id": "0123456789abcdef", "truth": 1}] * 10_001, 413),
}


@pytest.mark.parametrize(("body", "status"), TRUTHS.values(), ids=TRUTHS)
def test_feedback_that_does_not_fit_is_refused(ask, body, status):
    answer = ask(body, FEEDBACK)
    assert answer.status_code == status and answer.json()["problem"]
