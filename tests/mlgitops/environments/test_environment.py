"""An environment file is read strictly: what is not understood is refused in one line, not ignored."""

import pytest

from mlgitops.environments import environment
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
    assert {name: str(each) for name, each in found.endpoints.items()} == {"late-arrival": "late-arrival@v0.1.0"}
    assert (found.after, found.workers) == ("", 1)


def test_latest_is_for_the_first_environment(repository):
    latest = GOOD.replace("v0.1.0", "latest")
    assert str(read(repository, latest, "staging").endpoints["late-arrival"]) == "late-arrival@latest"
    with pytest.raises(CannotCheck, match="late-arrival@latest can't be reviewed; name a version, as everywhere after"):
        read(repository, latest + "after: staging\n")


WHOLE = """\
service: flights.service
address: 127.0.0.1:8080
workers: 2
after: staging
endpoints:
  late-arrival:
    routes:
      - {model: late-arrival@v1.3.0, weight: 90}
      - {model: late-arrival@v1.4.0, weight: 10}
    sticky: tailnum
    shadow: [late-arrival@v1.5.0]
    ramp: [10, 25, 50, 100]
  delay-minutes:
    routes: [{model: delay-minutes@v0.2.0}]
  briefing:
    pipeline:
      - {endpoint: late-arrival}
      - {endpoint: delay-minutes, inputs: {lateness: late-arrival.probability}}
"""


def test_traffic_shadows_and_pipelines(repository):
    found = read(repository, WHOLE)
    assert {name: str(each) for name, each in found.endpoints.items()} == {
        "late-arrival": "late-arrival@v1.3.0 90 %, late-arrival@v1.4.0 10 %, late-arrival@v1.5.0 in the shadow",
        "delay-minutes": "delay-minutes@v0.2.0",
        "briefing": "late-arrival → delay-minutes",
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight: 90", "weight: 80", "late-arrival: the weights are 90 in all; make them 100"),
        ("weight: 90", "weight: -1", r"accepted: a number from 0 to 100"),
        ("[late-arrival@v1.5.0]", "[late-arrival@v1.4.0]", "late-arrival@v1.4.0 is there twice; keep one"),
        ("[10, 25, 50, 100]", "[25, 10, 100]", "a ramp ascends and ends with 100"),
        ("[10, 25, 50, 100]", "[10, 25]", "a ramp ascends and ends with 100"),
        ("{endpoint: late-arrival}", "{endpoint: late}", "briefing: late is no endpoint with routes in this file"),
        ("{endpoint: late-arrival}", "{endpoint: briefing}", "briefing is no endpoint with routes"),
        ("{endpoint: late-arrival}", "{endpoint: delay-minutes}", "briefing: delay-minutes is there twice; keep one"),
        ("      - {endpoint: late-arrival}\n", "", "late-arrival.probability is no output of an earlier step"),
        ("late-arrival.probability", "probability", "probability is no output of an earlier step; write"),
        ("    pipeline:", "    sticky: tailnum\n    pipeline:", "belong to the endpoints that are its steps"),
        ("    pipeline:", "    routes: [{model: a@v1.0.0}]\n    pipeline:", "either routes or a pipeline"),
        ("after: staging", "after: Staging!", "'Staging!' does not fit; accepted: the name of an environment"),
        ("workers: 2", "workers: 0", "accepted: a number from 1 to 64"),
    ],
)
def test_what_does_not_fit_together(repository, old, new, said):
    with pytest.raises(CannotCheck, match=said):
        read(repository, WHOLE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
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
