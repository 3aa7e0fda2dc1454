"""params.yaml: one section for each stage, checked as a whole before a stage begins."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from . import strict
from .problem import Problem, run

PATH = Path("params.yaml")

Share = Annotated[float, Meta(gt=0, lt=1)]
Count = Annotated[int, Meta(ge=1)]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stage's parameters: each one must be there, and no other."""


class Ingest(Section):
    months: Annotated[int, Meta(ge=2, le=12)]


class Validate(Section):
    fail_on: Literal["critical", "warning", "info"]


class Prepare(Section):
    test_months: Annotated[int, Meta(ge=1, le=11)]
{%- if cookiecutter.task_type == 'classification' %}
    late_after: Annotated[float, Meta(ge=0, le=1440)]  # minutes
{%- else %}
    longest_delay: Annotated[float, Meta(ge=1, le=1440)]  # minutes
{%- endif %}


class Train(Section):
    learning_rate: Annotated[float, Meta(gt=0, le=1)]
    max_iter: Annotated[int, Meta(ge=1, le=10_000)]
    max_leaf_nodes: Annotated[int, Meta(ge=2, le=1024)]
    min_samples_leaf: Count
    l2_regularization: Annotated[float, Meta(ge=0, le=1e6)]
    max_features: Annotated[float, Meta(gt=0, le=1)]
    seed: Annotated[int, Meta(ge=0, lt=2**32)]


class Evaluate(Section):
{%- if cookiecutter.task_type == 'classification' %}
    threshold: Share
{%- else %}
    tolerance: Annotated[float, Meta(gt=0, le=1440)]  # minutes
{%- endif %}


class Package(Section):
    examples: Annotated[int, Meta(ge=1, le=100)]


class Params(Section):
    ingest: Ingest
    validate: Validate
    prepare: Prepare
    train: Train
    evaluate: Evaluate
    package: Package


def load(path: Path = PATH) -> Params:
    """The parameters of every stage; Problem names the key that is wrong and what is accepted."""
    try:
        content = strict.load(path)
    except FileNotFoundError:
        raise Problem(f"{path} does not exist: run this from the project's folder") from None
    except ValueError as error:
        raise Problem(f"{path} is not YAML: {error}") from None
    try:
        return msgspec.convert(content, Params)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$.")
        key = where.rstrip("`")
        said = f"{key}{given(content, key)}: " if key else ""
        raise Problem(f"{path}: {said}{reason[0].lower()}{reason[1:]}") from None


def given(value: dict, key: str) -> str:
    """What stands at a dotted key; nothing for a section."""
    for name in key.split("."):
        value = value[name]
    return "" if isinstance(value, dict) else f" is {value!r:.100}"


if __name__ == "__main__":
    run(load)
