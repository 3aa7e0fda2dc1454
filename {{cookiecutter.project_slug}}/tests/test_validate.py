import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from {{ cookiecutter.package }} import expectations, features, raw, table, validate
from {{ cookiecutter.package }}.problem import CheckFailed, Problem


@pytest.fixture
def suites(project: Path) -> Path:
    """The project's suites with other sizes: the invented flights do not reach the real ones."""
    real = (project / "expectations").resolve()
    (project / "expectations").unlink()
    (project / "expectations").mkdir()
    for name in ("raw", "prepared"):
        text = (real / f"{name}.yaml").read_text(encoding="utf-8")
        text = text.replace("min_value: 20000", "min_value: 100").replace("min_value: 10,", "min_value: 3,")
        (project / "expectations" / f"{name}.yaml").write_text(text, encoding="utf-8")
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
    assert [suite["suite"] for suite in report["suites"]] == ["raw", "prepared", "split"]
    assert report["success"]
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


def test_columns_in_another_order_are_told_from_others(suites: Path):
    for path in raw.months():
        rows = table.read(path)
        table.write(rows[rows.columns[::-1]], path)
    found = failed()[("expect_table_columns_to_match_ordered_list", None)]
    assert found["observed"] == "22 columns, in another order or twice"


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


def test_a_flight_of_the_training_set_that_is_in_the_test_set_is_named(suites: Path):
    """Nine weeks later, so on the same weekday, but under another key."""
    january, march = (table.read(raw.FOLDER / f"2013-{month:02}.parquet") for month in (1, 3))
    copy = january.dropna().head(1).assign(month=3, day=lambda rows: rows["day"] + 4)
    table.write(pd.concat([march, copy]), raw.FOLDER / "2013-03.parquet")
    leak = failed()[("no_row_on_both_sides", "row_id")]
    assert leak["observed"] == f"1: {features.row_id(copy).iloc[0]}"


def test_the_first_failure_is_the_last_line(suites: Path):
    change_march(temp=np.inf)
    with pytest.raises(CheckFailed, match=r"^validate: critical: raw\.temp: .* \(and 1 more\); see build/"):
        validate.main()


def test_what_the_library_lets_pass_fails_here():
    for values, kind in (([], "has_rows"), ([None, None], "has_values"), ([1.0, np.inf], "is_finite")):
        checks = expectations.own_checks(pd.DataFrame({"a": pd.Series(values, dtype="float64")}))
        assert kind in {check["type"] for check in checks if not check["success"]}


def test_an_error_inside_an_expectation_is_a_failure(suites: Path):
    path = suites / "expectations" / "raw.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"^[A-Z0-9]{2}$"', '"["'), encoding="utf-8")
    assert failed()[("expect_column_values_to_match_regex", "carrier")]["error"]


@pytest.mark.parametrize(
    "entry", ["{type: expect_nothing}", "{type: expect_column_mean_to_be_between, colum: temp}"]
)
def test_an_expectation_that_does_not_exist_is_named(suites: Path, entry: str):
    with (suites / "expectations" / "raw.yaml").open("a") as suite:
        suite.write(f"\n- {entry}\n")
    with pytest.raises(Problem, match=r"expectations/raw\.yaml"):
        validate.main()
