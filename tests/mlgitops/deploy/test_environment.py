"""An environment file is read strictly: what is not understood is refused in one line, not ignored."""

import pytest

from mlgitops.deploy import environment
from mlgitops.errors import CannotCheck
from tests.repositories import commit

GOOD = """\
service: flights.service
address: 127.0.0.1:8081
endpoints:
  late-arrival:
    routes: [{model: late-arrival@v0.1.0, weight: 100}]
"""


def read(repository, text, name="production"):
    commit(repository, {f"environments/{name}.yaml": text})
    return environment.read(repository, name)


def test_what_it_says(repository):
    found = read(repository, GOOD)
    assert (found.service, found.url) == ("flights.service", "http://127.0.0.1:8081")
    assert {name: each.model for name, each in found.endpoints.items()} == {"late-arrival": "late-arrival@v0.1.0"}


def test_latest_is_for_staging(repository):
    latest = GOOD.replace("v0.1.0", "latest")
    assert read(repository, latest, "staging").endpoints["late-arrival"].model == "late-arrival@latest"
    with pytest.raises(CannotCheck, match="late-arrival@latest is for staging only"):
        read(repository, latest)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight: 100", "weight: 90", "endpoints.late-arrival: weights are not supported yet"),
        ("weight: 100}", "weight: 50}, {model: late-arrival@v0.2.0, weight: 50}", "weights are not supported yet"),
        (
            "routes:",
            "shadow: [late-arrival@v0.2.0]\n    routes:",
            "endpoints.late-arrival: shadow is not supported yet",
        ),
        ("routes:", "pipeline: [late-arrival]\n    routes:", "endpoints.late-arrival: pipeline is not supported yet"),
        ("weight", "wieght", r"endpoints.late-arrival.routes.\[0\]: .*unknown field `wieght`; accepted: model, weight"),
        ("@v0.1.0", "", "model: 'late-arrival' does not fit; accepted: name@v1.2.3"),
        ("127.0.0.1:8081", "here", "address: 'here' does not fit; accepted: host:port"),
        ("flights.service", "rm -rf", "service: 'rm -rf' does not fit; accepted: the module to run"),
        ("  late-arrival:", "  late arrival:", "endpoints: 'late arrival' does not fit; accepted: names of letters"),
        ("address:", "service: b.c\naddress:", ":2: the key 'service' is there twice"),
        ("endpoints:", "endpoints: {}\nmore:", "of length >= 1"),
        ("routes: [{", "routes: [", "flow sequence|expected"),
    ],
)
def test_what_is_refused(repository, old, new, said):
    with pytest.raises(CannotCheck, match=said) as caught:
        read(repository, GOOD.replace(old, new))
    assert str(caught.value).startswith("environments/production.yaml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "1", "endpoints: 3", "\0", "endpoints: {a: 1}", "[1]: 2"])
def test_what_is_no_environment(repository, text):
    with pytest.raises(CannotCheck, match="environments/production.yaml"):
        read(repository, text)


@pytest.mark.parametrize("name", ["none", "../production", "-x", ""])
def test_an_environment_that_does_not_exist(repository, name):
    commit(repository, {"environments/production.yaml": GOOD})
    with pytest.raises(CannotCheck, match="No such environment"):
        environment.read(repository, name)
