import json
from pathlib import Path

import pytest

from mlgitops.errors import CannotCheck
from mlgitops.pipeline.validation import show

RULE = {
    "type": "expect_column_values_to_be_between",
    "column": "temp",
    "severity": "critical",
    "success": False,
    "observed": "9 of 10 | unexpected",
    "expected": "between -40 and 130",
}


def write(path: Path, **facts: object) -> Path:
    suite = {"suite": "raw", "table": "data/raw", "rows": 10, "success": False, "expectations": [RULE | facts]}
    path.write_text(json.dumps({"schema": 1, "success": False, "severity": "critical", "suites": [suite]}))
    return path


def test_failures_are_printed_in_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(write(tmp_path / "validation.json"))
    first, second = capsys.readouterr().out.splitlines()
    assert first == "0 of 1 expectations hold."
    assert "error: raw · expect_column_values_to_be_between · temp" in second


def test_in_a_job_they_are_annotations_and_rows_of_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    show(write(tmp_path / "validation.json", column="temp\n::error::forged", severity="warning"))
    printed = capsys.readouterr().out
    assert "::warning title=Data validation::raw" in printed
    assert "\n::error::forged" not in printed
    table = (tmp_path / "summary.md").read_text()
    assert table.count("\n| ") == 2  # the head and one row, whatever the values hold


def test_no_result_is_shown_as_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(tmp_path / "none.json")
    assert capsys.readouterr().out == ""


def test_a_broken_result_is_named(tmp_path: Path) -> None:
    (tmp_path / "validation.json").write_text("{}")
    with pytest.raises(CannotCheck, match="is not a validation result"):
        show(tmp_path / "validation.json")
