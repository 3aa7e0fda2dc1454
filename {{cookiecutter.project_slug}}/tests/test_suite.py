from pathlib import Path

import pytest

from {{ cookiecutter.package }} import suite
from {{ cookiecutter.package }}.problem import Problem

ROWS = "- {type: expect_table_row_count_to_be_between, min_value: 1}"
COLUMNS = "- columns: {a: int64, b: str}"
KEY = "- {type: expect_column_values_to_be_unique, column: a}"
NAMES = "- {type: expect_table_columns_to_match_ordered_list, column_list: [a]}"


def write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "raw.yaml"
    path.write_text("\n".join(lines))
    return path


def test_columns_stand_for_the_exact_list_and_for_each_type(tmp_path: Path):
    assert suite.read(write(tmp_path, ROWS, COLUMNS, KEY))[1:4] == [
        {"type": "expect_table_columns_to_match_ordered_list", "column_list": ["a", "b"]},
        {"type": "expect_column_values_to_be_of_type", "column": "a", "type_": "int64"},
        {"type": "expect_column_values_to_be_of_type", "column": "b", "type_": "str"},
    ]


@pytest.mark.parametrize(
    ("lines", "lacking"),
    [
        ([COLUMNS, KEY], "the number of rows"),
        ([ROWS, KEY], "the exact columns"),
        ([ROWS, COLUMNS], "a unique key"),
        ([ROWS, COLUMNS, KEY.replace("}", ", mostly: 0.9}")], "a unique key"),
        ([ROWS.replace("}", ", severity: warning}"), COLUMNS, KEY], "the number of rows"),
        ([ROWS, NAMES, KEY], "the type of a"),
        ([KEY], "the number of rows, the exact columns:"),
    ],
)
def test_a_suite_that_is_not_strict_says_what_it_lacks(tmp_path: Path, lines: list[str], lacking: str):
    with pytest.raises(Problem, match=rf"raw\.yaml: no critical expectation of {lacking}"):
        suite.read(write(tmp_path, *lines))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a list of expectations is needed"),
        ("[]", "a list of expectations is needed"),
        ("- column: a", "entry 1 has no type"),
        ("- text", "entry 1 has no type"),
        ("- columns: [a, b]", "entry 1: columns is a mapping of names to types"),
        ("- {type: expect_column_mean_to_be_between, column: temp, severity: bad}", "severity is one of"),
        ("- [", "can't be read"),
    ],
)
def test_a_suite_that_is_not_one(tmp_path: Path, text: str, said: str):
    with pytest.raises(Problem, match=said):
        suite.read(write(tmp_path, text))
