"""No data is lost by intent: nothing in the tree collects garbage of DVC, whose caches and remotes are all there is."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.template import ROOT

COLLECTS = re.compile(r"""\bdvc["', ]+(--?\S+ +)*gc\b|\brepo\.gc\(""")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_nothing_collects_garbage() -> None:
    others = [path for path in tracked() if path != Path(__file__)]
    assert len(others) > 100
    assert not [path for path in others if COLLECTS.search(path.read_bytes().decode(errors="replace"))]


@pytest.mark.parametrize(
    "command", ["dvc gc -c", "dvc --quiet gc", '["dvc", "gc", "--workspace"]', "repo.gc(cloud=True)"]
)
def test_it_would_be_seen(command: str) -> None:
    assert COLLECTS.search(command)
