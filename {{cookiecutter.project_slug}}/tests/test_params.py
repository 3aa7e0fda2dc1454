from pathlib import Path

import pytest

from {{ cookiecutter.package }} import params
from {{ cookiecutter.package }}.problem import Problem

GOOD = (Path(__file__).parents[1] / "params.yaml").read_text(encoding="utf-8")


def test_the_project_has_good_parameters():
    assert params.load(Path(__file__).parents[1] / "params.yaml").train.max_iter > 0


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("  seed: 2013", "  seed: 2013\n  sede: 1", "train: object contains unknown field `sede`"),
        ("  seed: 2013", "  seed: many", "train.seed is 'many': expected `int`, got `str`"),
        ("  seed: 2013", "", "train: object missing required field `seed`"),
        ("  test_months: 1", "  test_months: 0", "prepare.test_months is 0: expected `int` >= 1"),
        ("  fail_on: critical", "  fail_on: never", "validate.fail_on is 'never': invalid enum"),
        ("  test_months: 1", "  test_months: [", "is not YAML"),
        ("ingest:", "- ingest:", "is not YAML"),
        ("  seed: 2013", "  seed: 2013\n  seed: 2014", "is not YAML: seed is there twice at line"),
        ("  seed: 2013", "  seed: 2013\n  ? [a]\n  : b", "is not YAML: while constructing a mapping"),
        ("  seed: 2013", '  seed: "$(touch x)"', "train.seed is '$(touch x)': expected `int`"),
        ("  fail_on: critical", "  fail_on: '; touch x #'", "validate.fail_on is '; touch x #': invalid"),
        ("  fail_on: critical", '  fail_on: "a\\nb"', r"validate.fail_on is 'a\nb': invalid enum"),
        ("  learning_rate: 0.1", "  learning_rate: .inf", "learning_rate is inf: expected `float` <= 1"),
        ("  l2_regularization: 0.0", "  l2_regularization: .inf", "l2_regularization is inf: expected"),
        ("  l2_regularization: 0.0", "  l2_regularization: .nan", "l2_regularization is nan: expected"),
    ],
)
def test_a_bad_parameter_is_one_line_that_names_it(tmp_path: Path, line: str, instead: str, said: str):
    path = tmp_path / "params.yaml"
    path.write_text(GOOD.replace(line, instead), encoding="utf-8")
    with pytest.raises(Problem) as caught:
        params.load(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_parameters(tmp_path: Path):
    with pytest.raises(Problem, match="does not exist"):
        params.load(tmp_path / "params.yaml")
