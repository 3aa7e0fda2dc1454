"""gates.yaml: what is wrong is said in one line, with its path and what would be right."""

from pathlib import Path

import pytest

from mlgitops.compare.gates import parse, read
from mlgitops.errors import CannotCheck

GOOD = """
name: late-arrival
predictions: reports/predictions.parquet
score: python -m flight_delays.score --model {model} --out {out}
model: models/late-arrival
task: binary
metrics:
  roc_auc:  {role: primary,   margin: 0.005, floor: 0.65}
  log_loss: {role: guardrail, margin: 0.005}
  f1:       {role: info}
slices:    {columns: [carrier], metric: roc_auc, margin: 0.03, min_positives: 30}
budgets:   {row_latency_ms: 5, model_mb: 20}
bootstrap: {draws: 2000, confidence: 0.95, group_by: null, seed: 2013}
"""


def test_the_example_of_the_design_is_read():
    gates = parse(GOOD.encode())
    assert gates.primary == "roc_auc"
    assert gates.slices.min_negatives == 30
    assert gates.budgets.train_minutes is gates.budgets.train_cpu_seconds is None
    assert gates.data.key == [] and gates.data.max_null_share_change == 0.05


def test_only_what_names_the_model_and_its_metrics_is_needed():
    gates = parse(b"{name: m, task: regression, model: m, predictions: p, metrics: {mae: {role: primary, margin: 0}}}")
    assert gates.bootstrap.draws == 2000 and gates.slices is None


def test_a_function_of_the_team_is_a_metric_with_a_direction_of_its_own():
    own = "saved: {role: guardrail, margin: 100, direction: higher, function: flight_delays.costs:saved}"
    gates = parse(GOOD.replace("f1:       {role: info}", own).encode())
    assert gates.metrics["saved"].function == "flight_delays.costs:saved"
    assert [gates.direction(name) for name in gates.metrics] == ["higher", "lower", "higher"]


def test_several_classes_have_metrics_of_their_own():
    gates = parse(b"{name: m, task: multiclass, model: m, predictions: p, metrics: {mcc: {role: primary, margin: 0}}}")
    assert gates.direction("mcc") == "higher"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("floor: 0.65", "flor: 0.65", "metrics.roc_auc: object contains unknown field `flor`; accepted: role, margin,"),
        ("f1: ", "f2: ", "metrics.f2: unknown metric; the metrics of a binary task are roc_auc, "),
        ("f1: ", "rmse: ", "metrics.rmse: unknown metric"),
        ("margin: 0.03", "margin: -0.03", "slices.margin: expected `float` >= 0.0; accepted: a number from 0"),
        ("margin: 0.03", "margin: .nan", "slices.margin"),
        ("margin: 0.03", "margin: .inf", "slices.margin"),
        ("margin: 0.03", "margin: true", "slices.margin: expected `float`, got `bool`"),
        ("margin: 0.03", "margin: wide", "slices.margin: expected `float`, got `str`; accepted: a number from 0"),
        (
            "role: info",
            "role: guard",
            "metrics.f1.role: invalid enum value 'guard'; accepted: guardrail, info, primary",
        ),
        (
            "task: binary",
            "task: ranking",
            "task: invalid enum value 'ranking'; accepted: binary, multiclass, regression",
        ),
        ("role: guardrail, margin: 0.005", "role: guardrail", "metrics.log_loss.margin: missing"),
        ("role: guardrail", "role: primary", "2 metrics have the role primary; exactly one must"),
        ("role: primary", "role: guardrail", "0 metrics have the role primary"),
        ("task: binary", "task: binary\ntask: regression", "7: the key 'task' is there twice"),
        ("metric: roc_auc", "metric: auc", "slices.metric: unknown metric 'auc'"),
        ("{out}", "out.parquet", "score: must hold {model} and {out}"),
        ("draws: 2000", "draws: 20", "bootstrap.draws: expected `int` >= 200; accepted: a number from 200 to 100000"),
        ("model: models/late-arrival\n", "", "object missing required field `model`"),
        ("columns: [carrier]", "columns: carrier", "slices.columns: expected `array`, got `str`; accepted: a list"),
        ("name: late-arrival", "name: [", "gates.yaml:"),
        (
            "f1:       {",
            "cost:     {direction: lower, ",
            "metrics.cost: unknown metric; the metrics of a binary task are",
        ),
        (
            "f1:       {",
            "cost:     {function: a.b:c, ",
            "metrics.cost.direction: missing; a metric with a function",
        ),
        ("f1:       {", "f1:       {direction: lower, ", "metrics.f1.direction: known; only a metric with a function"),
        ("f1:       {", "f1:       {direction: higher, function: a:b, ", "metrics.f1.function: f1 is a metric already"),
        ("f1:       {", "cost:     {direction: up, function: a:b, ", "metrics.cost.direction: invalid enum value 'up'"),
        (
            "f1:       {",
            "cost:     {direction: lower, function: a.b, ",
            "'a.b' does not fit; accepted: package.module",
        ),
        ("metric: roc_auc", "metric: cost", "slices.metric: unknown metric 'cost'"),
        ("min_positives: 30", "min_rows: 0", "slices.min_rows: expected `int` >= 1"),
        ("task: binary", "task: binary\nquantile: 2", "quantile: expected `float` <= 1.0; accepted: a number from 0"),
        ("row_latency_ms: 5", "latency: 5", "accepted: row_latency_ms, model_mb, train_minutes, train_"),
        ("task: binary", "task: binary\ndata: {key: month}", "data.key: expected `array`, got `str`; accepted: a list"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(old, new, said):
    assert old in GOOD
    with pytest.raises(CannotCheck) as caught:
        parse(GOOD.replace(old, new, 1).encode())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"a: &a [*a]", b"? [a]\n: b", b"!!python/object:os.x {}"])
def test_what_is_no_mapping_of_gates_is_refused(content):
    with pytest.raises(CannotCheck):
        parse(content)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(CannotCheck, match=r"gates\.yaml"):
        read(tmp_path / "gates.yaml")
