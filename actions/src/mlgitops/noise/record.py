"""reports/noise.json: how far a metric's difference moves when both sides are trained again with other seeds.

Five pairs or more (Bouthillier et al. 2021): chance in training is often as large as chance in the test rows, and no
interval over rows shows it. The file is committed with the change; it counts as long as it is of the same inputs.
"""

import hashlib
import statistics
from pathlib import Path

import msgspec
from msgspec import Struct

from mlgitops.compare.gates import Gates
from mlgitops.report import document
from mlgitops.report.schema import Noise, NoiseRange
from mlgitops.report.schema.types import LARGEST
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import load, outputs, pipeline_inputs

PATH = Path("reports/noise.json")


class Trainings(Struct, frozen=True, forbid_unknown_fields=True):
    """model: its name in the gates. base, head: what each side is trained from. deltas: metric → head − base, one for
    each seed."""

    model: str
    base: str
    head: str
    param: str
    seeds: list[int]
    deltas: dict[str, list[float]]


def inputs(repository: Repository, rev: str) -> str:
    """sha256 of all that a commit's model is trained from: the pipeline's inputs that it does not make itself."""
    stages = load(repository, rev, "dvc.yaml").get("stages", {}).values()
    made = {"dvc.lock"}.union(*map(outputs, stages))
    listing = repository.git("ls-tree", "-r", "-z", rev, "--", *sorted(pipeline_inputs(repository, rev) - made))
    return hashlib.sha256(listing.encode()).hexdigest()


def write(trainings: Trainings, root: Path) -> Path:
    document.write(msgspec.json.format(msgspec.json.encode(trainings), indent=1) + b"\n", root / PATH)
    return root / PATH


def read(repository: Repository, base: str, head: str, gates: Gates) -> Noise | None:
    """The ranges for a report; None where there is no such file, or it is of another model or of other inputs."""
    try:
        found = msgspec.json.decode(repository.show(None, PATH.as_posix()) or b"", type=Trainings)
    except msgspec.MsgspecError:
        return None
    expected = (gates.name, inputs(repository, base), inputs(repository, head))
    if (found.model, found.base, found.head) != expected:
        return None
    return noise(found, gates)


def noise(found: Trainings, gates: Gates) -> Noise:
    """The part of a report: the range of each metric that the gates name."""
    named = {name: deltas for name, deltas in found.deltas.items() if name in gates.metrics and deltas}
    known = {name: deltas for name, deltas in named.items() if max(map(abs, deltas)) <= LARGEST}
    return Noise(seeds=len(found.seeds), ranges=[_range(gates, name, deltas) for name, deltas in known.items()])


def _range(gates: Gates, name: str, deltas: list[float]) -> NoiseRange:
    direction = gates.direction(name)
    better = sum((delta > 0) == (direction == "higher") and delta != 0 for delta in deltas) / len(deltas)
    ends = {"low": min(deltas), "middle": statistics.median(deltas), "high": max(deltas)}
    return NoiseRange(name=name, direction=direction, better=better, **ends)
