"""The stages from prepare on, one after the other, on the small project."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest

from {{ cookiecutter.package }} import (
    evaluate,
    features,
    graph,
    model,
    package,
    params,
    predictions,
    prepare,
    score,
    table,
    train,
)
from {{ cookiecutter.package }}.problem import CheckFailed, Problem

BUNDLE = {"model.onnx", "model.skops", "signature.json", "reference.json", "card.json", "card.md"}


@pytest.fixture
def packaged(project: Path, options: params.Params) -> Path:
    """The project after all stages, with few rounds of training."""
    quick = msgspec.structs.replace(options, train=msgspec.structs.replace(options.train, max_iter=10))
    params.PATH.unlink()
    params.PATH.write_bytes(msgspec.yaml.encode(quick))
    for stage in (prepare, train, evaluate, package):
        stage.main()
    return project


def test_a_bundle_is_whole_and_its_examples_prove_it(packaged: Path):
    assert {path.name for path in package.BUNDLE.iterdir()} == BUNDLE
    signature = json.loads((package.BUNDLE / "signature.json").read_bytes())
    assert [entry["name"] for entry in signature["inputs"]] == features.FEATURES
    rows = pd.DataFrame([example["inputs"] for example in signature["examples"]])
    found = graph.predict(package.BUNDLE / "model.onnx", rows, model.ONNX_OUTPUT, model.ONNX_COLUMN)
    assert np.allclose(found, [example["output"] for example in signature["examples"]], atol=1e-6)


def test_predictions_hold_what_a_comparison_needs(packaged: Path):
    found = table.read(predictions.PATH)
    assert list(found.columns) == ["row_id", "y_true", model.PREDICTION, *features.SLICES, "day"]
    assert found["row_id"].is_unique
    measured = json.loads(evaluate.METRICS.read_bytes())
    assert measured.pop("rows") == len(found)
    assert all(np.isfinite(value) for value in measured.values())


def test_the_same_inputs_give_the_same_bytes(packaged: Path):
    before = {path: path.read_bytes() for path in package.BUNDLE.iterdir()}
    for stage in (train, evaluate, package):
        stage.main()
    assert {path: path.read_bytes() for path in package.BUNDLE.iterdir()} == before


@pytest.mark.parametrize("other", ["1", "4"])
def test_other_threads_and_hashes_give_the_same_bytes(packaged: Path, other: str):
    before = {path: path.read_bytes() for path in package.BUNDLE.iterdir()}
    environment = {**os.environ, "OMP_NUM_THREADS": other, "PYTHONHASHSEED": other}
    again = "from {{ cookiecutter.package }} import package, train; train.main(); package.main()"
    subprocess.run([sys.executable, "-c", again], env=environment, check=True)
    assert {path: path.read_bytes() for path in package.BUNDLE.iterdir()} == before


def test_a_bundle_scores_the_test_rows_as_the_estimator_did(packaged: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.argv", ["score", "--model", str(package.BUNDLE), "--out", "scored.parquet"])
    score.main()
    scored, said = table.read(Path("scored.parquet")), table.read(predictions.PATH)
    assert scored.columns.equals(said.columns)
    assert np.allclose(scored[model.PREDICTION], said[model.PREDICTION], atol=package.PARITY)


def test_a_folder_that_is_no_bundle(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.argv", ["score", "--model", "data/raw", "--out", "scored.parquet"])
    with pytest.raises(Problem, match="data/raw is not a model bundle"):
        score.main()


def test_parity_is_checked(options: params.Params):
    said = np.array([0.2, 0.7])
    assert package.check_parity(said, said + 1e-6, options.evaluate) < 1e-5
    with pytest.raises(CheckFailed, match=r"differ by 0\.001"):
        package.check_parity(said, said + 1e-3, options.evaluate)
    with pytest.raises(CheckFailed, match="differ by nan"):
        package.check_parity(said, np.array([0.2, np.nan]), options.evaluate)


def test_stages_say_what_is_missing(project: Path):
    with pytest.raises(Problem, match=r"data/prepared/train\.parquet does not exist: run dvc repro"):
        train.main()
