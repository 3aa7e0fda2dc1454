import pandas as pd

from {{ cookiecutter.package }} import features

LEAKING = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"}


def test_nothing_is_a_feature_that_is_known_only_after_departure():
    assert not LEAKING & set(features.FEATURES)


def test_features_have_the_order_and_types_of_the_model(flights: pd.DataFrame):
    found = features.features(flights)
    assert list(found.columns) == features.FEATURES
    assert {str(found[name].dtype) for name in features.NUMBERS} == {"float32"}
    assert {str(found[name].dtype) for name in features.CATEGORIES} == {"str"}


def test_derived_features(flights: pd.DataFrame):
    flight = flights.head(1).assign(month=1, day=1, sched_dep_time=515)
    found = features.features(flight).iloc[0]
    assert (found["weekday"], found["hour"]) == ("Tuesday", 5.25)


def test_nulls_stay_nulls(flights: pd.DataFrame):
    assert features.features(flights)["wind_gust"].isna().sum() == flights["wind_gust"].isna().sum()


def test_a_row_id_does_not_change_when_rows_are_added(flights: pd.DataFrame):
    assert features.row_id(flights)[5] == features.row_id(flights[5:6]).iloc[0]
    assert features.row_id(flights).is_unique
