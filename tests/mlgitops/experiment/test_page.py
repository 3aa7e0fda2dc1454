"""The tables of docs/experiment.md are what these experiments print."""

from pathlib import Path

import pytest

from mlgitops.experiment import markdown
from mlgitops.experiment.run import experiment
from tests.mlgitops.experiment.traffic import NAME, NEW, NEWER, OLD, Traffic
from tests.template import ROOT, bake

PAGE = ROOT / "docs" / "experiment.md"


def printed(traffic: Traffic, gates: Path) -> str:
    """Without the line that says when."""
    return markdown.render(experiment(traffic.place, NAME, [gates], gates.parent)).partition("\n\n")[2]


@pytest.mark.slow
def test_the_page_shows_what_is_printed(traffic: Traffic, tmp_path: Path):
    gates = bake(tmp_path) / "gates.yaml"
    traffic.deploy({OLD: 75, NEW: 25})
    traffic.meet(60_000, weight=25, seconds=10 * 86_400)
    assert printed(traffic, gates) in PAGE.read_text()
    traffic.deploy({OLD: 100}, shadow=[NEWER])
    traffic.shadow(20_000, seed=1)
    assert printed(traffic, gates) in PAGE.read_text()
