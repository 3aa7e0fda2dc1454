"""Budgets are measured on a real bundle, and one that can't be measured says so."""

import json
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from mlgitops.compare import budgets
from mlgitops.compare.gates import parse
from mlgitops.errors import CannotCheck
from mlgitops.report.schema import Pipeline, Stage

GATES = """
{name: m, task: regression, model: m, predictions: p, metrics: {mae: {role: primary, margin: 1}},
 budgets: {row_latency_ms: %f, model_mb: %f, train_minutes: 1}}
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A graph that adds two columns, with its signature."""
    columns = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in ("a", "b")]
    total = helper.make_tensor_value_info("sum", TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph([helper.make_node("Add", ["a", "b"], ["sum"])], "g", columns, [total])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.save(model, tmp_path / "model.onnx")
    signature = {
        "inputs": [{"name": "a", "type": "float"}, {"name": "b", "type": "float"}],
        "examples": [{"inputs": {"a": 1.5, "b": None}, "output": 1.5}],
    }
    (tmp_path / "signature.json").write_text(json.dumps(signature))
    return tmp_path


def measured(bundle: Path, pipeline: Pipeline | None = None, latency: float = 100, size: float = 1) -> dict:
    gates = parse((GATES % (latency, size)).encode())
    return {budget.name: budget for budget in budgets.measure(gates, bundle, pipeline)}


def test_what_can_be_measured_is(bundle):
    stages = [Stage(name="validate", result="ran", seconds=600), Stage(name="train", result="ran", seconds=57)]
    found = measured(bundle, Pipeline(stages=stages))
    assert 0 < found["row_latency_ms"].head < 100 and found["row_latency_ms"].result == "pass"
    assert found["model_mb"].head == pytest.approx(sum(f.stat().st_size for f in bundle.iterdir()) / 1e6)
    assert (found["train_minutes"].head, found["train_minutes"].result) == (pytest.approx(0.95), "warn")


def test_a_limit_that_is_passed_fails(bundle):
    found = measured(bundle, latency=1e-6, size=1e-6)
    assert {found["row_latency_ms"].result, found["model_mb"].result} == {"fail"}


def test_what_was_not_there_was_not_measured(tmp_path):
    found = measured(tmp_path / "none", Pipeline(stages=[Stage(name="train", result="cached")]))
    assert {budget.result for budget in found.values()} == {"not-run"}


def test_a_bundle_that_does_not_run_is_named(bundle):
    (bundle / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(CannotCheck, match="The bundle can't be run"):
        measured(bundle)
