"""A shadow sees every row and is seen by no caller: what it costs, breaks or drops is only counted."""

import os
import sys
import time

import pytest

from {{ cookiecutter.package }}.service.traffic import shadow as shadows

A, B, C = "late@v1.0.0", "late@v2.0.0", "late@v3.0.0"


def counted(late, name, model=B) -> float:
    return late.count(f"shadow_{name}_total", endpoint="late", model=model)


def test_its_rows_are_logged_beside_the_answers(deployed, model, routes):
    models = {A: model({"wind": 1.0}), B: model({"wind": -1.0}), C: model({"wind": 0.0})}
    with deployed(models, {"late": routes({A: 100}, shadow=[B, C], sticky="tail")}) as late:
        answers = late.predict("late", [{"wind": 2.0, "tail": "N1"}, {"wind": 0.0, "tail": "N2"}])
        answers += late.predict("late", {"wind": 1.0, "tail": "N3"})
    logged = late.logged("late")
    for name, outputs in ((A, [0.880797, 0.5, 0.731059]), (B, [0.119203, 0.5, 0.268941]), (C, [0.5] * 3)):
        rows = [each for each in logged if each["model"] == name]
        assert [each["id"] for each in rows] == [each["id"] for each in answers]
        assert [each["unit"] for each in rows] == ["N1", "N2", "N3"]
        assert [each["output"] for each in rows] == pytest.approx(outputs, abs=1e-6)
        assert {each["shadow"] for each in rows} == {name != A}
    assert {each["model"] for each in answers} == {A} and counted(late, "rows") == 3


def test_one_that_hangs_holds_up_no_answer(deployed, model, routes, held, monkeypatch):
    models = {A: model({"wind": 1.0}), B: model({"wind": 2.0})}
    score = shadows.Shadows._score
    monkeypatch.setattr(shadows.Shadows, "_score", lambda *given: held.wait(30) and score(*given))
    with deployed(models, {"late": routes({A: 100}, shadow=[B])}) as late:
        late.service.shadows._room.capacity = 60
        for _ in range(100):
            assert late.predict("late", {"wind": 0.5})[0]["model"] == A
        assert len(late.logged("late")) == 100
        held.set()
        deadline = time.monotonic() + 20
        while counted(late, "rows") < 60:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        late.predict("late", [{"wind": 0.5}] * 50)
    assert counted(late, "rows") == 110 and counted(late, "dropped_rows") == 40
    assert len(late.logged("late")) == 260


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
def test_it_has_less_of_the_processor_than_an_answer(deployed, model, routes):
    with deployed({A: model({"wind": 1.0})}, {"late": routes({A: 100})}) as late:
        thread = late.service.shadows._thread
        deadline = time.monotonic() + 10
        while os.getpriority(os.PRIO_PROCESS, thread.native_id) == os.getpriority(os.PRIO_PROCESS, 0):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_one_that_breaks_is_counted_and_goes_on(deployed, model, routes):
    models = {
        A: model({"wind": 1.0}),
        B: model({"code": 1.0}, code={"type": "string"}),
        C: model({"wind": 1.0}),
    }
    with deployed(models, {"late": routes({A: 100}, shadow=[B, C])}) as late:
        assert late.predict("late", {"wind": 0.5, "code": "no number"})[0]["model"] == A
    assert counted(late, "failed_rows") == 1 and counted(late, "rows", C) == 1
    assert [each["model"] for each in late.logged("late")] == [A, C]


def test_a_row_without_what_only_the_shadow_needs_is_answered(deployed, model, routes):
    models = {A: model({"wind": 1.0}), B: model({"wind": 1.0, "rain": 1.0})}
    with deployed(models, {"late": routes({A: 100}, shadow=[B])}) as late:
        late.predict("late", [{"wind": 0.5}, {"wind": 0.5, "rain": -1e9}, {"wind": 0.5, "rain": None}])
    assert counted(late, "failed_rows") == 2 and counted(late, "rows") == 1
    answered, *shadowed = sorted(late.logged("late"), key=lambda each: each["shadow"])[2:]
    assert [each["id"][-2:] for each in shadowed] == ["-1"] and answered["id"].endswith("-2")
