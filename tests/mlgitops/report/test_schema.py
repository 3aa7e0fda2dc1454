"""report.json: what is written is read; what is not a report, or a dangerous one, is refused in one line."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from mlgitops.errors import CannotCheck
from mlgitops.report import document, schema
from mlgitops.report.document import dump, load
from mlgitops.report.schema import Changes, CodeChange, Expectation, Metric, Pipeline, Report, Stage, Validation

MINIMAL = {"schema": 1, "verdict": "ready", "reason": "", "head": {"commit": "a" * 40}}
SCHEMA = Path(__file__).parents[3] / "docs" / "report.schema.json"


def refused(report: object) -> str:
    content = report if isinstance(report, bytes) else json.dumps(report).encode()
    with pytest.raises(CannotCheck) as caught:
        load(content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_dumped_is_loaded():
    report = load(json.dumps(MINIMAL).encode())
    assert load(dump(report)) == report


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"schema": 2}, "Invalid enum value 2"),
        ({"verdict": "approved"}, "Invalid enum value"),
        ({"extra": 1}, "unknown field `extra`"),
        ({"head": {"commit": "abc"}}, "$.head.commit"),
        ({"head": {"commit": "a" * 40 + "\n"}}, "$.head.commit"),
        ({"head": {"digest": "md5:x --> <b>"}}, "$.head.digest"),
        ({"reason": "x" * 501}, "$.reason"),
        ({"gates": [{"name": "Approved by Ada", "result": "pass"}]}, "$.gates[0].name"),
        ({"gates": [{"name": "Recorded", "result": "pass"}]}, "Recorded"),
        ({"rows": {"comparison": "same", "count": -1}}, "$.rows.count"),
        ({"rows": {"comparison": "same", "count": True}}, "$.rows.count"),
        ({"budgets": [{"name": "model_mb", "limit": 1e300, "result": "pass"}]}, "$.budgets[0].limit"),
        (
            {"metrics": [{"name": "f1", "role": "info", "direction": "higher", "result": "worse"}]},
            "worse without base, head, delta, interval and margin",
        ),
    ],
)
def test_what_does_not_fit_is_named(part, said):
    assert said in refused(MINIMAL | part)


REFUSED = "a report with it is refused: no verdict, and no number of it is shown"


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("NaN", marks=pytest.mark.fault("NaN", REFUSED)),
        pytest.param("Infinity", marks=pytest.mark.fault("infinity", REFUSED)),
        "-Infinity",
        pytest.param("1e400", marks=pytest.mark.fault("1e400", REFUSED)),
        pytest.param("true", marks=pytest.mark.fault("boolean", REFUSED)),
        pytest.param('"1"', marks=pytest.mark.fault("text for a number", REFUSED)),
        pytest.param('{"value": 1}', marks=pytest.mark.fault("nested metrics", REFUSED)),
    ],
)
def test_numbers_are_finite(number):
    whole = json.dumps(MINIMAL | {"budgets": [{"name": "model_mb", "head": 0.1, "limit": 0.125, "result": "pass"}]})
    load(whole.encode())
    refused(whole.replace("0.125", number).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b'{"schema": 1',
        b'{"reason": "\xff"}',
        b'{"reason": "\\ud800"}',
        b"[" * 5000,
        b'{"x":' * 5000,
        b'{"verdict": "ready"} {}',
        b'"' + b"\\" * 1001,
    ],
)
def test_what_is_no_report_is_refused(content):
    refused(content)


def test_size_and_depth_have_limits():
    assert "too large" in refused(b" " * (document.MAX_BYTES + 1))
    assert "nested too deeply" in refused({"x": [[[[[[[[]]]]]]]]})


def test_brackets_in_strings_do_not_count_as_depth():
    load(json.dumps(MINIMAL | {"problem": '"[[[[[[[[[[[[[[\\'}).encode())


def test_sentences_are_made_from_facts_not_taken():
    said = MINIMAL | {"verdict": "no-verdict", "reason": "all good", "gates": [{"name": "Pipeline", "result": "pass"}]}
    said["gates"][0]["why"] = "trust me"
    report = load(json.dumps(said | {"others": [said]}).encode())
    for each in (report, *report.others):
        assert each.reason == "the comparison could not run"
        assert each.gates[0].why == "no record of a run"


def test_a_report_that_would_be_too_large_is_shortened():
    code = [CodeChange(path="é" * 200, status="M", added=1, removed=1)] * 200
    log = ["\x00" * 500] * 30
    stages = [Stage(name=f"{n}", result="failed", log_tail=log) for n in range(20)]
    report = Report(changes=Changes(code=code), pipeline=Pipeline(stages=stages))
    content = dump(report)
    assert len(content) <= document.MAX_BYTES
    shortened = load(content)
    assert shortened.changes.omitted + len(shortened.changes.code) == 200


def test_expectations_and_other_models_are_shortened_too():
    rule = Expectation(suite="\x00" * 200, type="x", severity="info", success=True)
    long = Report(validation=Validation(total=200, passed=200, severity=None, holding=[rule] * 200))
    content = dump(replace(long, others=[long] * 9))
    assert len(content) <= document.MAX_BYTES and len(load(content).others) == 9


def test_what_can_not_be_shortened_is_refused():
    names = [Metric(name="\x00" * 200, role="info", direction="higher", result="info")] * 40
    long = Report(metrics=names)
    with pytest.raises(CannotCheck, match="too large"):
        dump(replace(long, others=[long] * 9))


def test_the_published_schema_is_this_one():
    assert SCHEMA.read_bytes() == schema.json_schema()


def test_nothing_half_written_is_left(tmp_path: Path):
    document.write(b"one", tmp_path / "deep" / "report.json")
    document.write(b"two", tmp_path / "deep" / "report.json")
    assert [(file.name, file.read_bytes()) for file in (tmp_path / "deep").iterdir()] == [("report.json", b"two")]
