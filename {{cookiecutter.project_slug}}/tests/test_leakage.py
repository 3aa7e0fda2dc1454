import pandas as pd
import pytest

from {{ cookiecutter.package }} import features, leakage, params, prepare

Split = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture
def split(flights: pd.DataFrame, options: params.Params) -> Split:
    return prepare.split(prepare.prepare(flights, options.prepare), 1)


def failed(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, str]:
    return {each["type"]: each["observed"] for each in leakage.check(train, test) if not each["success"]}


def test_a_split_by_time_has_no_leak(split: Split):
    assert failed(*split) == {}


def test_a_row_is_known_again_under_another_id_and_day(split: Split):
    train, test = split
    copy = train.dropna(subset=["wind_gust"]).head(1).assign(row_id="new", day="2013-03-30")
    copy.index = [10_000]
    assert failed(train, pd.concat([test, copy])) == {"no_row_on_both_sides": "1: new"}


def test_an_id_is_known_again_with_other_values(split: Split):
    train, test = split
    first = train["row_id"].iloc[0]
    changed = test.assign(row_id=[first, *test["row_id"][1:]])
    assert failed(train, changed) == {"no_row_on_both_sides": f"1: {first}"}


def test_rows_of_which_little_is_known_may_be_alike(split: Split):
    train, test = split
    alike = train.head(1).assign(row_id="new", day="2013-03-30", **dict.fromkeys(features.WEATHER, None))
    alike.index = [10_000]
    known = alike.assign(row_id="old", day="2013-01-01")
    assert failed(pd.concat([train, known]), pd.concat([test, alike])) == {}


def test_a_split_by_chance_leaks_days_and_time(split: Split):
    rows = pd.concat(split)
    found = failed(rows[::2], rows[1::2])
    assert set(found) == {"no_group_on_both_sides", "test_is_later"}
    assert found["no_group_on_both_sides"].endswith(", …") and "2013-01-0" in found["no_group_on_both_sides"]
