import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from {{ cookiecutter.package }} import expectations, raw, table, validate
from {{ cookiecutter.package }}.problem import CheckFailed, Problem


@pytest.fixture
def suites(project: Path) -> Path:
    """The project's suites without the sizes, which the invented flights do not reach."""
    real = (project / "expectations").resolve()
    (project / "expectations").unlink()
    (project / "expectations").mkdir()
    for name in ("raw", "prepared"):
        lines = (real / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if "row_count" not in line and "unique_value_count" not in line]
        (project / "expectations" / f"{name}.yaml").write_text("\n".join(kept), encoding="utf-8")
    return project


def change_march(**columns) -> None:
    path = raw.FOLDER / "2013-03.parquet"
    table.write(table.read(path).assign(**columns), path)


def failed() -> dict[tuple[str, str | None], dict]:
    with pytest.raises(CheckFailed):
        validate.main()
    report = json.loads(validate.REPORT.read_bytes())
    assert report["success"] is False and report["severity"] == "critical"
    return {(one["type"], one["column"]): one for one in validate.failures(report["suites"], "info")}


def test_good_data_passes_and_has_documents(suites: Path):
    validate.main()
    report = json.loads(validate.REPORT.read_bytes())
    assert report["success"] and [suite["suite"] for suite in report["suites"]] == ["raw", "prepared"]
    assert (validate.DOCS / "index.html").is_file()


def test_a_broken_column_is_counted_and_never_quoted(suites: Path):
    change_march(temp=451.25)
    found = failed()[("expect_column_values_to_be_between", "temp")]
    assert found["unexpected_count"] == 150
    assert found["observed"] == "150 of 450 unexpected"
    assert "451" not in validate.REPORT.read_text()


@pytest.mark.parametrize(
    ("change", "kind", "column"),
    [
        ({"temp": np.nan}, "expect_column_values_to_not_be_null", "temp"),
        ({"temp": np.inf}, "is_finite", "temp"),
        ({"distance": "far"}, "expect_column_values_to_be_of_type", "distance"),
        ({"origin": "LHR"}, "expect_column_values_to_be_in_set", "origin"),
    ],
)
def test_what_can_be_wrong_with_a_column(suites: Path, change: dict, kind: str, column: str):
    change_march(**change)
    assert (kind, column) in failed()


def test_a_missing_column_is_an_error_of_its_own(suites: Path):
    for path in raw.months():
        table.write(table.read(path).drop(columns="humid"), path)
    assert "humid" in failed()[("expect_column_values_to_be_between", "humid")]["error"]


def test_a_file_that_is_no_table_is_reported(suites: Path):
    (raw.FOLDER / "2013-03.parquet").write_bytes(b"oops")
    assert "2013-03.parquet" in failed()[("is_readable", None)]["error"]


def test_the_data_docs_show_no_value(suites: Path):
    change_march(origin="Mallory's")
    assert failed()
    pages = [path.read_text(encoding="utf-8") for path in validate.DOCS.rglob("*.html")]
    assert any("origin" in page for page in pages)
    assert not [page for page in pages if "Mallory" in page]


def test_a_warning_does_not_stop_the_pipeline(suites: Path, capsys: pytest.CaptureFixture):
    change_march(wind_speed=240.0)
    validate.main()
    assert json.loads(validate.REPORT.read_bytes())["severity"] == "warning"
    said = capsys.readouterr().out
    assert "warning: raw.wind_speed: expect_column_values_to_be_between: 150 of 450" in said


def test_what_the_library_lets_pass_fails_here():
    entries = [{"type": "expect_column_values_to_be_between", "column": "a", "min_value": 0}]
    for values, kind in (([], "has_rows"), ([None, None], "has_values"), ([1.0, np.inf], "is_finite")):
        checks = expectations.own_checks(entries, pd.DataFrame({"a": pd.Series(values, dtype="float64")}))
        assert kind in {check["type"] for check in checks if not check["success"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "a list of expectations is needed"),
        ("- column: a", "entry 1 has no type"),
        ("- {type: expect_column_mean_to_be_between, column: temp, severity: bad}", "severity is one of"),
        ("- [", "can't be read"),
    ],
)
def test_a_suite_that_is_not_one(tmp_path: Path, text: str, said: str):
    (tmp_path / "raw.yaml").write_text(text)
    with pytest.raises(Problem, match=said):
        expectations.read(tmp_path / "raw.yaml")


@pytest.mark.parametrize(
    "entry", ["{type: expect_nothing}", "{type: expect_column_mean_to_be_between, colum: temp}"]
)
def test_an_expectation_that_does_not_exist_is_named(suites: Path, entry: str):
    (suites / "expectations" / "raw.yaml").write_text(f"- {entry}")
    with pytest.raises(Problem, match=r"expectations/raw\.yaml"):
        validate.main()
