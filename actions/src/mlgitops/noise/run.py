"""Pairs of trainings: base and head with the same seed, so that what both owe to it cancels out."""

from collections.abc import Iterable
from pathlib import Path

from mlgitops.compare import baseline, measure
from mlgitops.compare.gates import Gates
from mlgitops.compare.predictions import Alignment, align, read
from mlgitops.errors import CannotCheck
from mlgitops.noise.checkout import Checkout, checkouts
from mlgitops.noise.record import Trainings, inputs
from mlgitops.repository.git import Repository


def run(repository: Repository, gates: Gates, rev: str, param: str, seeds: Iterable[int]) -> Trainings:
    """Train the commit where the histories of `rev` and HEAD part, and HEAD, once for each seed."""
    if changed := repository.git("status", "--porcelain", "--untracked-files=no"):
        raise CannotCheck("There are changes without a commit", given=changed.split()[-1], next="Commit them first")
    base, head = repository.merge_base(rev, "HEAD"), repository.rev_parse("HEAD")
    sides = inputs(repository, base), inputs(repository, head)
    if sides[0] == sides[1]:
        raise CannotCheck("Both sides are trained from the same inputs", given=rev, next="Name another one with --base")
    with checkouts(repository, base, head) as (was, now):
        pairs = {seed: _deltas(was, now, gates, param, seed) for seed in seeds}
    finite = [name for name in gates.metrics if all(name in deltas for deltas in pairs.values())]
    deltas = {name: [pair[name] for pair in pairs.values()] for name in finite}
    return Trainings(gates.name, *sides, param, list(pairs), deltas)


def _deltas(base: Checkout, head: Checkout, gates: Gates, param: str, seed: int) -> dict[str, float]:
    """Metric → head − base, both trained with the seed and measured on the head's test rows."""
    for side in (base, head):
        side.train(param, seed, gates.predictions)
    files = [side.tree.root / gates.predictions for side in (base, head)]
    alignment = _aligned(gates, *files)
    aligned = alignment if alignment.same else _rescored(base, head, gates, param, seed)
    return measure.deltas(gates, aligned, head.project.root)


def _rescored(base: Checkout, head: Checkout, gates: Gates, param: str, seed: int) -> Alignment:
    """The test rows differ: the base's model on the head's."""
    if gates.score is None:
        raise CannotCheck("gates.yaml has no score command", next="Add it, to compare when the test rows change")
    base.train(param, seed, gates.model)
    out = head.tree.root / "report" / "rescored.parquet"
    out.parent.mkdir(exist_ok=True)
    baseline.score(head.tree, gates.score, base.tree.root / gates.model, out)
    return _aligned(gates, out, head.tree.root / gates.predictions)


def _aligned(gates: Gates, base: Path, head: Path) -> Alignment:
    return align(*(read(file, gates.task, measure.columns(gates)) for file in (base, head)))
