"""The service as a process: what it answers, and how it changes its models under load."""

import re
import subprocess
import sys
import threading
import time

import pyarrow.dataset as ds
import pytest

ROW = {"carrier": "AA", "month": 6, "temp": 0.1}


def test_a_prediction_names_its_model_and_reaches_the_log(service, sigmoid, tmp_path):
    answer = service.predict(ROW).json()
    (prediction,) = answer["predictions"]
    assert prediction["model"] == "late-arrival@v0.1.0"
    assert prediction["probability"] == pytest.approx(sigmoid(ROW, 1.0), abs=1e-6)
    assert prediction["label"] == 1
    many = service.predict([ROW, ROW | {"carrier": "UA", "temp": None}]).json()["predictions"]
    assert [each["label"] for each in many] == [1, 0]
    truth = {"id": prediction["id"], "truth": 0}
    assert service.http.post("/v1/late-arrival/feedback", json=truth).json() == {"received": 1}
    service.stop()
    logged = ds.dataset(tmp_path / "predictions" / "late-arrival").to_table().to_pylist()
    assert [row["id"] for row in logged] == [each["id"] for each in (prediction, *many)]
    assert logged[0]["inputs.carrier"] == "AA" and logged[0]["output"] == prediction["probability"]
    fed = ds.dataset(tmp_path / "feedback" / "late-arrival").to_table().to_pylist()
    assert [(row["id"], row["truth"]) for row in fed] == [(prediction["id"], 0.0)]


def test_bad_input_is_refused_with_field_problem_and_what_is_accepted(service):
    answer = service.predict(ROW | {"month": 0})
    assert answer.status_code == 422
    problem, accepted = "Expected `int` >= 1", "a whole number from 1 to 12"
    assert answer.json() == {"problem": problem, "field": "month", "accepted": accepted}


def test_what_operators_read(service):
    status = service.http.get("/status").json()
    assert status["environment"] == "test" and status["commit"] == "0" * 40
    assert re.fullmatch("md5:[0-9a-f]{32}", status["models"]["late-arrival@v0.1.0"])
    routes = [{"model": "late-arrival@v0.1.0", "weight": 100}]
    assert status["endpoints"] == {"late-arrival": {"routes": routes}}
    service.predict(ROW)
    metrics = service.http.get("/metrics").text
    assert 'predicted_rows_total{endpoint="late-arrival",model="late-arrival@v0.1.0"} 1.0' in metrics
    assert "log_dropped_rows_total 0.0" in metrics
    assert service.http.get("/health/live").json() == {"live": True}


def test_a_reload_changes_the_model_and_survives_a_restart(service, state, sigmoid):
    answer = service.reload(state("next.json", version="v0.2.0", slope=3.0))
    assert list(answer.json()["models"]) == ["late-arrival@v0.2.0"]
    service.stop()
    service.start()
    (found,) = service.predict(ROW).json()["predictions"]
    assert found["model"] == "late-arrival@v0.2.0"
    assert found["probability"] == pytest.approx(sigmoid(ROW, 3.0), abs=1e-6)


def test_a_reload_may_bring_other_endpoints(service, state):
    assert service.reload(state("next.json", endpoint="early-departure")).status_code == 200
    assert service.predict(ROW).status_code == 404
    assert service.http.post("/v1/early-departure/predict", json=ROW).status_code == 200


@pytest.mark.parametrize("bundle", [{"recorded": 0.9}, {"slope": float("nan"), "recorded": 0.5}])
def test_a_bad_bundle_is_409_and_the_old_one_serves_on(service, state, bundle):
    answer = service.reload(state("next.json", version="v0.2.0", **bundle))
    assert answer.status_code == 409 and "golden row 1" in answer.json()["problem"]
    assert service.predict(ROW).json()["predictions"][0]["model"] == "late-arrival@v0.1.0"


def test_a_bundle_with_other_bytes_than_its_digest_is_refused(service, state, tmp_path):
    path = state("next.json", version="v0.2.0")
    (tmp_path / "bundles" / "late-arrival-v0.2.0" / "card.md").write_text("added")
    assert "the bundle is md5:" in service.reload(path).json()["problem"]


@pytest.mark.parametrize("change", ['"weight": 50', '"extra": 1'])
def test_a_state_that_is_not_supported_is_refused(service, state, change):
    path = state("next.json", version="v0.2.0")
    path.write_text(path.read_text().replace('"weight": 100', change))
    assert service.reload(path).status_code == 409


def test_only_a_file_of_this_state_and_only_as_json(service, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "next.json"
    assert service.reload(elsewhere).status_code == 409
    assert service.http.post("/-/reload", content=b'{"state": "next.json"}').status_code == 403


def test_every_request_is_answered_while_models_change(service, state, sigmoid):
    expected = {f"late-arrival@v0.{n}.0": sigmoid(ROW, float(n)) for n in range(1, 6)}
    seen, wrong, stop = set(), [], threading.Event()

    def call() -> None:
        while not stop.is_set():
            answer = service.predict(ROW)
            (found,) = answer.json()["predictions"]
            seen.add(found["model"])
            if abs(found["probability"] - expected[found["model"]]) > 1e-5:
                wrong.append(found)

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    for n in range(2, 6):
        time.sleep(0.2)
        assert service.reload(state(f"next-{n}.json", version=f"v0.{n}.0", slope=float(n))).status_code == 200
    time.sleep(0.2)
    stop.set()
    for caller in callers:
        caller.join()
    assert seen == set(expected) and not wrong


def test_check_says_whether_a_state_would_serve(state, tmp_path):
    command = [sys.executable, "-m", "{{ cookiecutter.package }}.service", str(tmp_path), "--check"]
    state("good.json")
    state("bad.json", version="v0.2.0", recorded=0.9)
    assert subprocess.run([*command, "good.json"]).returncode == 0
    done = subprocess.run([*command, "bad.json"], capture_output=True, text=True)
    assert done.returncode == 1 and "golden row 1" in done.stderr and "Traceback" not in done.stderr
