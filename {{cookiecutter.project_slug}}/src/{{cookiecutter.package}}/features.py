"""What the model sees, and what it predicts. Nothing here is known only after departure."""

from dataclasses import dataclass

import pandas as pd

from .params import Prepare

KEY = ["month", "day", "sched_dep_time", "carrier", "flight", "origin"]
SLICES = ["carrier", "origin"]
TARGET = "y_true"
GROUP = TIME = "day"  # flights of one day are alike; what is predicted comes after what is known
AIRPORTS = ["EWR", "JFK", "LGA"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True)
class Category:
    """A text column; `accepted` are the only values that a caller may send (None: any, also a new one)."""

    description: str
    accepted: list[str] | None = None


@dataclass(frozen=True)
class Number:
    """A number column, with the limits of what can be true (not of what was seen); null: not known."""

    description: str
    unit: str
    minimum: float
    maximum: float
    nullable: bool = True


CATEGORIES = {
    "carrier": Category("Two-letter code of the airline"),
    "origin": Category("Airport of departure", AIRPORTS),
    "dest": Category("Airport of destination"),
    "weekday": Category("Day of the week of the planned departure", WEEKDAYS),
}
WEATHER = {
    "temp": Number("Temperature at departure", "°F", -40, 130),
    "dewp": Number("Dew point", "°F", -60, 100),
    "humid": Number("Relative humidity", "%", 0, 100),
    "wind_dir": Number("Direction of the wind", "degrees", 0, 360),
    "wind_speed": Number("Speed of the wind", "miles per hour", 0, 250),
    "wind_gust": Number("Speed of gusts; null when there were none", "miles per hour", 0, 250),
    "precip": Number("Precipitation in the hour", "inches", 0, 20),
    "pressure": Number("Pressure at sea level", "millibars", 850, 1100),
    "visib": Number("Visibility", "miles", 0, 100),
}
NUMBERS = {
    "hour": Number("Planned local time of departure; minutes are a fraction", "hours", 0, 24, nullable=False),
    "distance": Number("Distance between the airports", "miles", 1, 12_500, nullable=False),
    **WEATHER,
}
FEATURES = [*CATEGORIES, *NUMBERS]


def row_id(raw: pd.DataFrame) -> pd.Series:
    """One string for each flight, made of its natural key: it stays the same when rows are added."""
    first, *rest = (raw[name].astype("str") for name in KEY)
    return first.str.cat(rest, sep="-")


def departure(raw: pd.DataFrame) -> pd.Series:
    """The planned day of departure."""
    return pd.to_datetime(raw[["year", "month", "day"]])


def features(raw: pd.DataFrame) -> pd.DataFrame:
    """The model's inputs, n rows x len(FEATURES): categories as strings, numbers as float32, nulls kept."""
    hours, minutes = raw["sched_dep_time"] // 100, raw["sched_dep_time"] % 100
    derived = raw.assign(weekday=departure(raw).dt.day_name(), hour=hours + minutes / 60)
    kinds = dict.fromkeys(CATEGORIES, "str") | dict.fromkeys(NUMBERS, "float32")
    return derived[FEATURES].astype(kinds)

{% if cookiecutter.task_type == 'classification' %}
def target(raw: pd.DataFrame, options: Prepare) -> pd.Series:
    """1 where a flight arrives more than `prepare.late_after` minutes late, else 0 (int8)."""
    return (raw["arr_delay"] > options.late_after).astype("int8")
{%- else %}
def target(raw: pd.DataFrame, options: Prepare) -> pd.Series:
    """Minutes by which a flight arrives late (early: negative), cut at `prepare.longest_delay` (float64)."""
    return raw["arr_delay"].clip(upper=options.longest_delay).astype("float64")
{%- endif %}
