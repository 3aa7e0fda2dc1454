"""Who may ask, where the service has a key."""

from pathlib import Path

import pytest

from {{ cookiecutter.package }}.service.http.key import is_from_here

KEY = "secret-0123456789abcdef"
ROW = {"carrier": "AA", "month": 6, "temp": 0.1}


@pytest.fixture(params=[(), ("--workers", "2")], ids=["alone", "workers"])
def locked(stopped, request):
    stopped.start(*request.param, SERVICE_API_KEY=KEY)
    return stopped


def test_without_the_key_nothing_but_health_and_metrics(locked):
    for path in ("/status", "/openapi.json", "/v1/late-arrival/schema", "/nowhere"):
        assert locked.http.get(path).status_code == 401
        assert locked.http.get(path, headers={"X-API-Key": KEY}).status_code != 401
    for wrong in ({}, {"X-API-Key": KEY[:-1]}, {"X-API-Key": ""}, {"X-API-Key": "ü".encode()}):
        refused = locked.http.post("/v1/late-arrival/predict", json=ROW, headers=wrong)
        assert refused.status_code == 401 and "X-API-Key" in refused.headers["www-authenticate"]
    assert locked.http.post("/v1/late-arrival/predict", json=ROW, headers={"X-API-Key": KEY}).is_success
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert locked.http.get(path).status_code == 200


def test_a_reload_is_for_this_machine_or_for_who_has_the_key(locked):
    state = {"state": str(locked.folder / "serving.json")}
    asked = {
        "from here": ({}, 200),
        "by a proxy": ({"X-Forwarded-For": "203.0.113.5"}, 403),
        "by a proxy that says it is here": ({"X-Forwarded-For": "127.0.0.1"}, 403),
        "by a page in a browser": ({"Origin": "http://127.0.0.1"}, 403),
        "by a proxy, with the key": ({"X-Forwarded-For": "203.0.113.5", "X-API-Key": KEY}, 200),
    }
    for headers, expected in asked.values():
        assert locked.http.post("/-/reload", json=state, headers=headers).status_code == expected


@pytest.mark.parametrize(
    ("client", "here"), [("127.0.0.1", True), ("::1", True), ("203.0.113.5", False), ("10.0.0.1", False)]
)
def test_what_is_from_here(client, here):
    assert is_from_here({"client": (client, 50_000), "headers": []}) == here


def test_without_a_key_a_reload_is_for_this_machine_alone(service):
    forwarded = {"X-Forwarded-For": "::1", "X-API-Key": ""}
    assert service.http.post("/-/reload", json={"state": "x"}, headers=forwarded).status_code == 403


def test_the_key_is_nowhere_to_be_read(stopped, capfd):
    stopped.start(SERVICE_API_KEY=KEY)
    sent = {"X-API-Key": KEY}
    read = [stopped.http.get(path, headers=sent) for path in ("/status", "/openapi.json", "/metrics")]
    bad = [
        stopped.http.post("/v1/late-arrival/predict", content=each, headers=sent) for each in (b"{", b"[]")
    ]
    found = [each.text for each in read + bad] + [Path(f"/proc/{stopped.process.pid}/cmdline").read_text()]
    stopped.stop()
    assert KEY not in "".join([*found, *capfd.readouterr()])
