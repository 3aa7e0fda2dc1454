"""Models, routes and shadows that don't fit together are refused when the file is loaded, in one line."""

import pytest

from {{ cookiecutter.package }}.service import state as states
from {{ cookiecutter.package }}.service.state import BadState, Serving

A, B, C = "late@v1.0.0", "late@v1.1.0", "late@v2.0.0"


@pytest.fixture
def models(model):
    return {A: model({"wind": 1.0}), B: model({"wind": 2.0}), C: model({"wind": 1.0, "rain": 1.0})}


def refused(file, models, endpoints) -> str:
    with pytest.raises(BadState) as caught:
        Serving.load(file(models, endpoints))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("weights", "more", "said"),
    [
        ({A: 90}, {}, "late: the weights add up to 90, not to 100"),
        ({A: 90, "late@v9.9.9": 10}, {}, "late: late@v9.9.9 is not among the models"),
        ({A: 100}, {"shadow": ["late@v9.9.9"]}, "late: late@v9.9.9 is not among the models"),
        ({A: 100}, {"shadow": [A]}, "late: late@v1.0.0 is named twice"),
        ({A: 101, B: -1}, {}, "late: Expected `int` <= 100 - at `$.routes[0].weight`"),
        ({A: 100}, {"stickyness": "tail"}, "late: Object contains unknown field `stickyness`"),
        ({A: 100}, {"sticky": "wind"}, "late: sticky: wind is a number with a fraction"),
        ({}, {}, "late: Expected `array` of length >= 1 - at `$.routes`"),
    ],
)
def test_traffic_that_does_not_fit(file, models, routes, weights, more, said):
    assert refused(file, models, {"late": routes(weights, **more)}).startswith(said)


@pytest.mark.parametrize("part", ["routes", "shadow"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"task": "regression"}, "probability (regression)"),
        ({"output": "chance"}, "chance (binary, labelled)"),
        ({"threshold": None}, "probability (binary)"),
    ],
)
def test_models_that_answer_different_things(file, model, routes, part, change, said):
    models = {A: model({"wind": 1.0}), B: model({"wind": 1.0}, **change)}
    weights = {A: 50, B: 50} if part == "routes" else {A: 100}
    more = {"shadow": [B]} if part == "shadow" else {}
    expected = f"late: {A} answers probability (binary, labelled), {B} answers {said}"
    assert refused(file, models, {"late": routes(weights, **more)}) == expected


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"type": "string"}, {}, "late: wind is a string for one model, a number for another"),
        ({"maximum": 1}, {"minimum": 2}, "late: wind: no value is both a number of at most 1 and"),
    ],
)
def test_inputs_of_one_name_that_no_value_fits(file, model, routes, one, other, said):
    models = {A: model({"wind": 1.0}, wind=one), B: model({"wind": 1.0}, wind=other)}
    assert refused(file, models, {"late": routes({A: 50, B: 50})}).startswith(said)


def test_an_endpoint_takes_what_all_of_its_models_accept(file, model, routes):
    first = model({"wind": 1.0}, wind={"minimum": 0, "maximum": 9, "nullable": True})
    second = model({"wind": 1.0, "rain": 1.0}, wind={"minimum": 1, "maximum": 10}, rain={"nullable": True})
    endpoint = routes({A: 50, B: 50}, sticky="tail")
    late = Serving.load(file({A: first, B: second}, {"late": endpoint})).endpoints["late"]
    said = {each.name: each.accepted for each in late.inputs}
    assert said == {"wind": "a number from 1 to 9", "rain": "a number, or null", "tail": "a string"}


def test_a_shadow_asks_nothing_of_callers(file, model, routes):
    models = {A: model({"wind": 1.0}), B: model({"rain": 1.0}, rain={"minimum": 3})}
    late = Serving.load(file(models, {"late": routes({A: 100}, shadow=[B])})).endpoints["late"]
    assert {each.name: each.accepted for each in late.inputs} == {
        "wind": "a number",
        "rain": "a number, or null",
    }


def test_a_bundle_is_loaded_once_and_kept_from_state_to_state(file, model, routes, monkeypatch):
    models = {A: model({"wind": 1.0}), B: model({"wind": 2.0}), C: model({"wind": 2.0})}
    before = Serving.load(file(models, {"late": routes({A: 100}), "early": routes({A: 50, B: 50})}))
    assert before.endpoints["late"].first is before.endpoints["early"].first
    assert before.models[C].bundle is before.models[B].bundle
    monkeypatch.setattr(states, "Bundle", None)
    after = Serving.load(file(models, {"late": routes({B: 50, C: 50})}), kept=before)
    assert after.models[B].bundle is before.models[B].bundle


def test_a_kept_bundle_whose_files_changed_is_refused(file, models, routes, tmp_path):
    path = file(models, {"late": routes({A: 100})})
    before = Serving.load(path)
    (tmp_path / "bundles" / A / "signature.json").write_text("{}")
    with pytest.raises(BadState, match=rf"^{A}: "):
        Serving.load(path, kept=before)
