"""A pipeline hands outputs from step to step; what can't be handed over is refused when it is loaded."""

import math

import pytest

from {{ cookiecutter.package }}.service.state import BadState, Serving

LATE, LATER, DELAY = "late@v1.0.0", "late@v1.1.0", "delay@v1.0.0"


@pytest.fixture
def models(model):
    """Minutes of delay follow from the probability of being late, the label and the rain."""
    minutes = {"lateness": 60.0, "flag": 5.0, "rain": 1.0}
    limits = {"lateness": {"minimum": 0, "maximum": 1}, "flag": {"type": "int", "minimum": 0, "maximum": 1}}
    return {
        LATE: model({"wind": 1.0, "rain": 0.0}),
        LATER: model({"wind": 2.0, "rain": 0.0}),
        DELAY: model(minutes, task="regression", output="minutes", **limits),
    }


@pytest.fixture
def endpoints(routes):
    taken = {"lateness": "late.probability", "flag": "late.label"}
    return {
        "late": routes({LATE: 50, LATER: 50}, sticky="tail"),
        "delay": routes({DELAY: 100}),
        "briefing": {"pipeline": [{"endpoint": "late"}, {"endpoint": "delay", "inputs": taken}]},
    }


def test_each_step_sees_what_the_earlier_ones_gave(deployed, models, endpoints):
    service = deployed(models, endpoints)
    rows = [{"wind": number / 10, "rain": float(number), "tail": f"N{number}"} for number in range(-20, 20)]
    found = service.predict("briefing", rows)
    for row, prediction in zip(rows, found, strict=True):
        late, delay = prediction["late"], prediction["delay"]
        slope = {LATE: 1.0, LATER: 2.0}[late["model"]]
        assert late["probability"] == pytest.approx(1 / (1 + math.exp(-slope * row["wind"])), abs=1e-6)
        minutes = 60 * late["probability"] + 5 * late["label"] + row["rain"]
        assert delay["model"] == DELAY and delay["minutes"] == pytest.approx(minutes, abs=1e-4)
    assert {each["late"]["model"] for each in found} == {LATE, LATER}
    for endpoint in ("late", "delay"):
        assert [each["id"] for each in service.logged(endpoint)] == [each["id"] for each in found]
    assert service.logged("delay")[3]["inputs.lateness"] == found[3]["late"]["probability"]
    assert [each["unit"] for each in service.logged("late")] == [row["tail"] for row in rows]
    assert service.predict("briefing", rows[0])[0]["late"] == found[0]["late"]


def test_callers_send_what_no_step_gives(deployed, models, endpoints):
    service = deployed(models, endpoints)
    for row, field in (
        ({"wind": 1.0, "tail": "N1"}, "rain"),
        ({"wind": 1.0, "rain": 1.0, "flag": 1}, "flag"),
    ):
        answer = service.post("briefing", row)
        assert answer.status_code == 422 and answer.json()["field"] == field


def test_a_version_may_be_asked_of_the_step_that_has_it(deployed, models, endpoints):
    service = deployed(models, endpoints)
    rows = [{"wind": 1.0, "rain": 1.0, "tail": f"N{number}"} for number in range(20)]
    found = service.predict("briefing", rows, X_Model_Version=LATER)
    assert {each["late"]["model"] for each in found} == {LATER}
    answer = service.post("briefing", rows, X_Model_Version="v7.0.0")
    assert answer.status_code == 400 and answer.json()["accepted"] == f"{LATE}, {LATER}, {DELAY}"


def test_the_status_and_the_documentation_have_it(deployed, models, endpoints):
    serving = deployed(models, endpoints).serving
    assert list(serving.traffic) == ["late", "delay", "briefing"]
    (pipeline,) = serving.pipelines.values()
    assert [each.name for each in pipeline.inputs] == ["wind", "rain", "tail"]
    assert pipeline.example == {"wind": 1, "rain": 1, "tail": "a unit"}


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([{"endpoint": "none"}], "briefing, step none: no endpoint of that name has routes"),
        ([{"endpoint": "briefing"}], "briefing, step briefing: no endpoint of that name has routes"),
        ([{"endpoint": "late"}, {"endpoint": "late"}], "briefing, step late: named twice"),
        (
            [{"endpoint": "late"}, {"endpoint": "delay", "inputs": {"snow": "late.probability"}}],
            "briefing, step delay: it has no input snow, only lateness, flag, rain",
        ),
        (
            [{"endpoint": "late"}, {"endpoint": "delay", "inputs": {"lateness": "late.chance"}}],
            "briefing, step delay: no earlier step gives late.chance, they give late.probability, late.label",
        ),
        (
            [{"endpoint": "delay", "inputs": {"lateness": "late.probability"}}, {"endpoint": "late"}],
            "briefing, step delay: no earlier step gives late.probability, they give nothing",
        ),
        (
            [{"endpoint": "late"}, {"endpoint": "delay", "inputs": {"flag": "late.probability"}}],
            "briefing, step delay: flag takes a whole number from 0 to 1, late.probability is a number from",
        ),
        (
            [{"endpoint": "delay"}, {"endpoint": "late", "inputs": {"tail": "delay.minutes"}}],
            "briefing, step late: tail takes a string, delay.minutes is a number",
        ),
        ([{"endpoint": "id"}], "briefing, step id: in the answer, that is the name of the prediction's id"),
        ([], "briefing: Expected `array` of length >= 1 - at `$.pipeline`"),
        ([{"endpoint": "late", "input": {}}], "briefing: Object contains unknown field `input`"),
    ],
)
def test_steps_that_do_not_fit(file, models, endpoints, steps, said):
    endpoints |= {"id": endpoints["delay"], "briefing": {"pipeline": steps}}
    with pytest.raises(BadState) as caught:
        Serving.load(file(models, endpoints))
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("limits", "fits"),
    [
        ({"minimum": 0, "maximum": 1}, True),
        ({"minimum": -5, "maximum": 5}, True),
        ({}, True),
        ({"minimum": 0, "maximum": 0.9}, False),
        ({"minimum": 0.1}, False),
    ],
)
def test_the_range_of_an_output_lies_within_the_inputs(file, model, routes, limits, fits):
    models = {LATE: model({"wind": 1.0}), DELAY: model({"lateness": 1.0}, task="regression", lateness=limits)}
    steps = [{"endpoint": "late"}, {"endpoint": "delay", "inputs": {"lateness": "late.probability"}}]
    endpoints = {"late": routes({LATE: 100}), "delay": routes({DELAY: 100}), "both": {"pipeline": steps}}
    if fits:
        assert Serving.load(file(models, endpoints)).pipelines["both"].inputs[0].name == "wind"
    else:
        with pytest.raises(
            BadState, match=r"lateness takes a number .*, late.probability is a number from 0"
        ):
            Serving.load(file(models, endpoints))


def test_an_unbounded_output_does_not_fit_a_bounded_input(file, model, routes):
    models = {
        DELAY: model({"wind": 1.0}, task="regression", output="minutes"),
        LATE: model({"delay": 1.0}, delay={"minimum": -100}),
    }
    steps = [{"endpoint": "delay"}, {"endpoint": "late", "inputs": {"delay": "delay.minutes"}}]
    endpoints = {"late": routes({LATE: 100}), "delay": routes({DELAY: 100}), "both": {"pipeline": steps}}
    with pytest.raises(BadState, match=r"delay takes a number of at least -100, delay.minutes is a number$"):
        Serving.load(file(models, endpoints))
