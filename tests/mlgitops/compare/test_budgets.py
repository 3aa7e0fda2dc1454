"""Budgets are measured on real bundles, both in turn, and one that can't be measured says so."""

import json
from itertools import pairwise
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from mlgitops.compare import budgets
from mlgitops.compare.budgets import Spent
from mlgitops.compare.gates import parse
from mlgitops.errors import CannotCheck
from mlgitops.pipeline.cost import Cost

GATES = """
{name: m, task: regression, model: m, predictions: p, metrics: {mae: {role: primary, margin: 1}}, budgets: %s}
"""
LIMITS = {"row_latency_ms": 100, "model_mb": 1, "train_minutes": 1}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A graph that adds two columns, with its signature."""
    return made(tmp_path / "bundle", adding=1)


def made(folder: Path, adding: int) -> Path:
    """A graph that adds the second column to the first, over and over."""
    folder.mkdir()
    columns = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in ("a", "b")]
    names = ["a", *(f"sum{number}" for number in range(adding - 1)), "sum"]
    nodes = [helper.make_node("Add", [was, "b"], [now]) for was, now in pairwise(names)]
    total = helper.make_tensor_value_info("sum", TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph(nodes, "g", columns, [total])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), folder / "model.onnx"
    )
    signature = {
        "inputs": [{"name": "a", "type": "float"}, {"name": "b", "type": "float"}],
        "examples": [{"inputs": {"a": 1.5, "b": None}, "output": 1.5}],
    }
    (folder / "signature.json").write_text(json.dumps(signature))
    return folder


def measured(head: Spent, base: Spent | None = None, **limits: float) -> dict:
    gates = parse((GATES % json.dumps(limits)).encode())
    return {budget.name: budget for budget in budgets.measure(gates, head, base)}


def test_what_can_be_measured_is(bundle):
    size = sum(file.stat().st_size for file in bundle.iterdir())
    assert budgets.size(bundle) == size
    found = measured(Spent(bundle=bundle, size=size, cost=Cost(seconds=57)), **LIMITS)
    assert 0 < found["row_latency_ms"].head < 100 and found["row_latency_ms"].result == "pass"
    assert found["model_mb"].head == pytest.approx(size / 1e6)
    assert (found["train_minutes"].head, found["train_minutes"].result) == (pytest.approx(0.95), "warn")
    assert {budget.base for budget in found.values()} == {None}


def test_all_are_shown_and_those_without_a_limit_judge_nothing(bundle):
    found = measured(Spent(bundle=bundle, cost=Cost(seconds=60, cpu_seconds=100)))
    assert list(found) == ["row_latency_ms", "model_mb", "train_minutes", "train_cpu_seconds"]
    assert {budget.result for budget in found.values()} == {"info"}
    assert found["train_cpu_seconds"].head == 100


def test_the_base_is_beside_it(bundle, tmp_path):
    slow = Spent(bundle=made(tmp_path / "slow", adding=3000), size=2_000_000, cost=Cost(seconds=30, cpu_seconds=50))
    found = measured(Spent(bundle=bundle, size=1_000_000, cost=Cost(seconds=60)), slow, **LIMITS)
    assert found["row_latency_ms"].base > found["row_latency_ms"].head
    assert [(b.base, b.head) for b in list(found.values())[1:]] == [(2, 1), (0.5, 1), (50, None)]


def test_a_limit_that_is_passed_fails(bundle):
    found = measured(Spent(bundle=bundle, size=1000), row_latency_ms=0.0001, model_mb=0.0001)
    assert {found["row_latency_ms"].result, found["model_mb"].result} == {"fail"}


def test_what_was_not_there_was_not_measured(tmp_path):
    none = tmp_path / "none"
    found = measured(Spent(bundle=none, size=budgets.size(none)), **LIMITS, train_cpu_seconds=1)
    assert {budget.result for budget in found.values()} == {"not-run"}


def test_a_bundle_that_does_not_run_is_named_and_one_of_the_base_is_left_out(bundle, tmp_path):
    broken = made(tmp_path / "broken", adding=1)
    (broken / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(CannotCheck, match="The bundle can't be run"):
        measured(Spent(bundle=broken))
    found = measured(Spent(bundle=bundle), Spent(bundle=broken))["row_latency_ms"]
    assert found.base is None and found.head > 0
