"""How long a row may take is what the gates of the commit say."""

from pathlib import Path

import pytest
import yaml

from mlgitops.deploy import limits
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from tests.repositories import commit


def gates(name: str, **budgets: float) -> str:
    metrics = {"rmse": {"role": "primary", "margin": 1.0}}
    whole = {"name": name, "model": f"models/{name}", "predictions": "p", "task": "regression", "metrics": metrics}
    return yaml.safe_dump(whole | {"budgets": budgets})


def test_of_every_model_that_has_a_budget_at_head(repository: Repository) -> None:
    files = {"gates.yaml": gates("late", row_latency_ms=5), "delay.yaml": gates("delay", model_mb=20)}
    commit(repository, files)
    (repository.root / "gates.yaml").write_text("not committed")
    assert limits.read(repository, [*map(Path, files), Path("missing.yaml")]) == {"late": 5}


def test_gates_that_cannot_be_read_are_named(repository: Repository) -> None:
    commit(repository, {"gates.yaml": gates("late", row_latency_ms=-5)})
    with pytest.raises(CannotCheck, match="gates.yaml: budgets.row_latency_ms"):
        limits.read(repository, [Path("gates.yaml")])
