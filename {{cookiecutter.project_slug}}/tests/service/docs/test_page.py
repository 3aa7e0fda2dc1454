"""What callers read: the OpenAPI document, the docs page and the client follow the signature."""

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from {{ cookiecutter.package }}.service.docs import client, openapi, page
from {{ cookiecutter.package }}.service.state import Serving

ADDRESS = "http://127.0.0.1:8080"
HOSTILE = '</style><script>alert("1")</script>\n""" + __import__("os")\\ ${x} \u202e'
PREDICT = "/v1/late-arrival/predict"


class Page(HTMLParser):
    """The tags of a page, and where they lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.links = set(), []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]


@pytest.fixture(scope="module")
def document(steady_service):
    return steady_service.http.get("/openapi.json").json()


@pytest.fixture(scope="module")
def caller(steady_service):
    """The client that the service gives away, as a caller has it."""
    return loaded(steady_service.http.get("/v1/late-arrival/client.py").text)


@pytest.fixture
def hostile(bundle_maker, tmp_path):
    """The document of a bundle whose texts try to leave their places."""
    folder = bundle_maker(tmp_path / "bundle")
    said = json.loads((folder / "signature.json").read_text())
    for column in (*said["inputs"], *said["outputs"]):
        column |= {"description": HOSTILE, "unit": HOSTILE}
    said["inputs"][0]["categories"] += [HOSTILE, "it's"]
    (folder / "signature.json").write_text(json.dumps(said))
    return openapi.document(Serving.single(folder), ADDRESS)


def loaded(source: str) -> SimpleNamespace:
    names = {"__name__": "client"}
    exec(compile(source, "client.py", "exec"), names)
    return SimpleNamespace(**names)


def test_the_document_follows_the_signature(document):
    row = document["components"]["schemas"]["late-arrival.Row"]
    carrier, month, temp = row["properties"].values()
    assert carrier["enum"] == ["AA", "UA"] and carrier["description"] == "airline"
    assert (month["type"], month["minimum"], month["maximum"]) == ("integer", 1, 12)
    assert (temp["type"], temp["x-unit"]) == (["number", "null"], "°F")
    assert temp["x-accepted"] == "a number of at most 130, or null"
    assert row["required"] == ["carrier", "month"] and row["additionalProperties"] is False
    answers = document["paths"][PREDICT]["post"]["responses"]
    assert set(answers) == {"200", "400", "401", "408", "413", "422", "503"}


def test_the_example_gives_what_the_document_says(document, steady_service):
    operation = document["paths"][PREDICT]["post"]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    (said,) = operation["responses"]["200"]["content"]["application/json"]["example"]["predictions"]
    (found,) = steady_service.predict(example).json()["predictions"]
    assert found == said | {"id": found["id"], "probability": pytest.approx(said["probability"], abs=1e-6)}


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
def test_the_line_with_curl_works_as_pasted(document):
    line = document["paths"][PREDICT]["post"]["x-codeSamples"][0]["source"]
    done = subprocess.run(["sh", "-c", f"{line} --silent"], capture_output=True, check=True)
    assert len(json.loads(done.stdout)["predictions"]) == 1


def test_the_page_needs_nothing_from_elsewhere(steady_service):
    answer = steady_service.http.get("/docs")
    page = Page(answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not page.tags & {"script", "link", "img", "iframe", "form"}
    assert all(link.startswith(("/", "#")) for link in page.links) and "/openapi.json" in page.links
    for shown in ("late-arrival@v0.1.0", "°F", "a whole number from 1 to 12", f"curl {steady_service.url}"):
        assert shown in answer.text


def test_a_host_that_is_none_is_not_repeated(steady_service):
    for host in ('"><script>', "a'; rm -rf /", "evil.example/x?"):
        answer = steady_service.http.get("/docs", headers={"Host": host})
        assert host not in answer.text and answer.status_code in (200, 400)


def test_texts_of_a_signature_stay_texts(hostile):
    assert "script" not in Page(page.page(hostile)).tags
    names = loaded(client.source(hostile, "late-arrival"))
    assert names.Row.__annotations__["carrier"].__args__ == ("AA", "UA", HOSTILE, "it's")


def test_the_client_predicts_and_tells_what_was_true(caller, steady_service, sigmoid):
    made = caller.Client(steady_service.url)
    one = made.predict(caller.EXAMPLE, unit="N12345")
    assert one["probability"] == pytest.approx(sigmoid(caller.EXAMPLE, 1.0), abs=1e-6)
    assert (one["model"], one["label"]) == ("late-arrival@v0.1.0", 1)
    many = made.predict_many([caller.EXAMPLE, {"carrier": "UA", "month": 2}])
    assert [each["label"] for each in many] == [1, 0] and re.fullmatch("[0-9a-f]{16}-1", many[1]["id"])
    made.feedback(one["id"], 0)


def test_what_the_client_can_not_do_is_an_exception_that_says_why(caller, steady_service):
    made = caller.Client(steady_service.url)
    with pytest.raises(caller.Refused) as refused:
        made.predict_many([caller.EXAMPLE, caller.EXAMPLE | {"month": 13}])
    assert (refused.value.status, refused.value.field, refused.value.row) == (422, "month", 1)
    assert refused.value.accepted == "a whole number from 1 to 12"
    with pytest.raises(caller.Unavailable, match=r"127\.0\.0\.1:1"):
        caller.Client("http://127.0.0.1:1").predict(caller.EXAMPLE)


def test_the_client_needs_the_standard_library_only(steady_service, tmp_path):
    (tmp_path / "client.py").write_text(steady_service.http.get("/v1/late-arrival/client.py").text)
    code = f"from client import *; print(Client('{steady_service.url}').predict(EXAMPLE)['label'])"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "1\n", done.stderr


def test_a_pipeline_is_described_by_its_steps(busy_service, sigmoid):
    http = busy_service.http
    document = http.get("/openapi.json").json()
    operation = document["paths"]["/v1/briefing/predict"]["post"]
    said = operation["responses"]["200"]["content"]["application/json"]["example"]["predictions"][0]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    assert set(example) == {"carrier", "month", "temp", "tailnum"}
    (found,) = http.post("/v1/briefing/predict", json=example).json()["predictions"]
    assert {name: set(step) for name, step in found.items() if name != "id"} == {
        name: set(step) for name, step in said.items() if name != "id"
    }
    names = loaded(http.get("/v1/briefing/client.py").text)
    asked = names.Client(busy_service.url).predict(names.EXAMPLE, version="v1.0.0")
    first = asked["late-arrival"]["probability"]
    assert first == pytest.approx(sigmoid(names.EXAMPLE, 1.0), abs=1e-6)
    second = sigmoid(names.EXAMPLE | {"temp": first}, 4.0)
    assert asked["second-leg"]["probability"] == pytest.approx(second, abs=1e-6)
    assert not hasattr(names.Client, "feedback")  # truths are told to the endpoints


def test_the_page_shows_who_answers_which_share(busy_service):
    page = busy_service.http.get("/docs").text
    for shown in (
        "90 %",
        "10 %",
        "late-arrival@v1.2.0",
        "temp ← late-arrival.probability",
        "second-leg.label",
    ):
        assert shown in page
    for link in Page(page).links:
        assert link.startswith("#") or busy_service.http.get(link).status_code == 200
