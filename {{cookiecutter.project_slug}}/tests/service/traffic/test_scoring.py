"""Each row is answered by the model that its unit, its caller or its own id meets; the log says which."""

import math
from collections import Counter

import pytest

from {{ cookiecutter.package }}.service.statefile import Route
from {{ cookiecutter.package }}.service.traffic.routing import Router

A, B = "late@v1.0.0", "late@v1.1.0"
SLOPE = {A: 1.0, B: -2.0}
TEXT = {"type": "string"}
HALVES = [Route(A, 50), Route(B, 50)]


@pytest.fixture
def late(deployed, model, routes):
    """Two models, half and half, by tail number."""
    models = {A: model({"wind": SLOPE[A]}), B: model({"wind": SLOPE[B]}, threshold=0.1)}
    return deployed(models, {"late": routes({A: 50, B: 50}, sticky="tail")})


def row(number: int) -> dict:
    return {"wind": number / 100, "tail": f"N{number}"}


def expected(prediction: dict, wind: float) -> float:
    return pytest.approx(1 / (1 + math.exp(-SLOPE[prediction["model"]] * wind)), abs=1e-6)


def test_a_batch_that_meets_several_models_comes_back_in_order(late):
    rows = [row(number) for number in range(200)]
    route = Router("late", HALVES).model
    found = late.predict("late", rows)
    assert [each["model"] for each in found] == [route(each["tail"]) for each in rows]
    for given, prediction in zip(rows, found, strict=True):
        assert prediction["probability"] == expected(prediction, given["wind"])
        threshold = 0.5 if prediction["model"] == A else 0.1
        assert prediction["label"] == int(prediction["probability"] >= threshold)
    request = found[0]["id"].partition("-")[0]
    assert [each["id"] for each in found] == [f"{request}-{number}" for number in range(200)]
    assert (
        late.count("predicted_rows_total", endpoint="late", model=A)
        == Counter(each["model"] for each in found)[A]
    )
    logged = late.logged("late")
    assert [each["unit"] for each in logged] == [each["tail"] for each in rows]
    assert [each["model"] for each in logged] == [each["model"] for each in found]
    assert [each["output"] for each in logged] == [each["probability"] for each in found]
    assert "inputs.tail" not in logged[0] and logged[7]["inputs.wind"] == 0.07 and not logged[0]["shadow"]


def test_one_row_meets_the_model_that_it_meets_in_a_batch(late):
    batch = late.predict("late", [row(number) for number in range(30)])
    single = [late.predict("late", row(number))[0] for number in range(30)]
    assert [each["model"] for each in single] == [each["model"] for each in batch]


def test_without_a_sticky_field_the_caller_is_the_unit(deployed, model, routes):
    models = {A: model({"wind": 1.0}), B: model({"wind": 2.0})}
    late = deployed(models, {"late": routes({A: 50, B: 50})})
    route = Router("late", HALVES).model
    for caller in ("ana", "ben", "cem", "dan", "eva"):
        found = late.predict("late", [{"wind": 0.5}] * 3, X_Unit=caller)
        assert {each["model"] for each in found} == {route(caller)}
    assert [each["unit"] for each in late.logged("late")[::3]] == ["ana", "ben", "cem", "dan", "eva"]


def test_without_a_unit_the_request_is_its_own(deployed, model, routes):
    models = {A: model({"wind": 1.0}), B: model({"wind": 2.0})}
    late = deployed(models, {"late": routes({A: 50, B: 50})})
    route = Router("late", HALVES).model
    for _ in range(20):
        found = late.predict("late", [{"wind": 0.5}] * 2)
        assert {each["model"] for each in found} == {route(found[0]["id"].partition("-")[0])}
    assert {each["unit"] for each in late.logged("late")} == {None}


@pytest.mark.parametrize("version", ["v1.0.0", A])
def test_a_caller_may_ask_for_a_version(deployed, model, routes, version):
    models = {A: model({"wind": 1.0}), B: model({"wind": 2.0})}
    late = deployed(models, {"late": routes({A: 0, B: 100}, sticky="tail")})
    found = late.predict("late", [row(number) for number in range(5)], X_Model_Version=version)
    assert {each["model"] for each in found} == {A}
    assert {each["model"] for each in late.predict("late", [row(1), row(2)])} == {B}


def test_who_asks_for_a_version_sends_what_that_version_takes(deployed, model, routes):
    models = {A: model({"wind": 1.0}), B: model({"wind": 2.0, "rain": 1.0}, wind={"maximum": 9})}
    late = deployed(models, {"late": routes({A: 50, B: 50}, sticky="tail")})
    assert late.post("late", {"wind": 20.0, "tail": "N1", "rain": 0.0}).status_code == 422
    assert late.predict("late", {"wind": 20.0}, X_Model_Version="v1.0.0")[0]["model"] == A
    answer = late.post("late", {"wind": 2.0}, X_Model_Version="v1.1.0")
    assert answer.status_code == 422 and answer.json()["field"] == "rain"
    assert late.logged("late")[0]["inputs.rain"] is None


def test_a_version_that_no_route_has_is_400_with_those_that_are(deployed, model, routes):
    models = {name: model({"wind": 1.0}) for name in (A, B, "late@v2.0.0")}
    late = deployed(models, {"late": routes({A: 50, B: 50}, shadow=["late@v2.0.0"])})
    for version in ("v9.9.9", "v2.0.0"):
        answer = late.post("late", {"wind": 1.0}, X_Model_Version=version)
        assert answer.status_code == 400 and answer.json() == {
            "problem": f"X-Model-Version: {version} does not name one of the routes",
            "accepted": f"{A}, {B}",
        }
    assert late.count("refused_requests_total", endpoint="late") == 2


def test_a_version_of_two_models_is_asked_for_by_its_whole_name(deployed, model, routes):
    models = {A: model({"wind": 1.0}), "tardy@v1.0.0": model({"wind": 2.0})}
    late = deployed(models, {"late": routes({A: 50, "tardy@v1.0.0": 50})})
    assert late.post("late", {"wind": 1.0}, X_Model_Version="v1.0.0").status_code == 400
    assert late.predict("late", {"wind": 1.0}, X_Model_Version="tardy@v1.0.0")[0]["model"] == "tardy@v1.0.0"


def test_a_unit_that_is_too_long_for_the_log_is_refused(late):
    answer = late.post("late", row(1), X_Unit="u" * 1001)
    assert answer.status_code == 400 and answer.json()["problem"] == "X-Unit is too long"
    answer = late.post("late", row(1) | {"tail": "N" * 1001})
    assert answer.status_code == 422 and answer.json()["field"] == "tail"


def test_the_deploys_own_rows_are_marked_whatever_the_sticky_field(late):
    late.predict("late", [row(1), row(2)], X_Unit="smoke-test")
    late.predict("late", [row(1), row(2)], X_Unit="ana")
    assert [each["unit"] for each in late.logged("late")] == ["smoke-test", "smoke-test", "N1", "N2"]


def test_a_unit_may_be_a_whole_number(deployed, model, routes):
    models = {name: model({"flight": 1.0}, flight={"type": "int"}) for name in (A, B)}
    late = deployed(models, {"late": routes({A: 50, B: 50}, sticky="flight")})
    route = Router("late", HALVES).model
    found = late.predict("late", [{"flight": number} for number in range(20)])
    assert [each["model"] for each in found] == [route(str(number)) for number in range(20)]


def test_rows_without_their_unit_meet_what_their_request_meets(deployed, model, routes):
    models = {name: model({"wind": 1.0}) for name in (A, B)} | {
        "late@v2.0.0": model({"code": 1.0}, code=TEXT)
    }
    late = deployed(models, {"late": routes({A: 50, B: 50}, sticky="code", shadow=["late@v2.0.0"])})
    route = Router("late", HALVES).model
    for _ in range(10):
        found = late.predict("late", [{"wind": 1.0}, {"wind": 1.0, "code": "7"}])
        request = found[0]["id"].partition("-")[0]
        assert [each["model"] for each in found] == [route(request), route("7")]
    assert [each["unit"] for each in late.logged("late")] == [None, "7"] * 10


def test_a_number_field_that_one_model_takes_whole(deployed, model, routes):
    models = {A: model({"wind": 1.0}), B: model({"wind": 1.0}, wind={"type": "int"})}
    late = deployed(models, {"late": routes({A: 100, B: 0})})
    assert late.post("late", {"wind": 0.5}).status_code == 422
    late.predict("late", {"wind": 0.5}, X_Model_Version="v1.0.0")
    late.predict("late", {"wind": 3})
    assert [each["inputs.wind"] for each in late.logged("late")] == [0.5, 3.0]


def test_a_large_batch_is_scored_like_a_small_one(late):
    rows = [row(number) for number in range(10_000)]
    found = late.predict("late", rows)
    assert len(found) == 10_000 and found[9_999]["probability"] == expected(found[9_999], 99.99)
