"""Two registered versions of a model on the test rows of this commit: the newest data, which neither of them chose."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlgitops.compare import baseline, budgets, changes, measure, production
from mlgitops.compare.budgets import Spent
from mlgitops.compare.gates import Gates, read
from mlgitops.compare.predictions import Predictions, align
from mlgitops.compare.predictions import read as read_predictions
from mlgitops.compare.verdict import judge
from mlgitops.errors import CannotCheck, Problem
from mlgitops.pipeline import cost
from mlgitops.report.schema import Report, Revision, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, load
from mlgitops.versions import bundle, tags
from mlgitops.versions.tags import Tag


@dataclass(frozen=True, kw_only=True)
class Versions:
    """base: what serves in `environment`, None where it is not registered. head: what is to serve there.

    files: of gates, of which one is about this model.
    """

    repository: Repository
    files: Iterable[Path]
    environment: str
    base: Tag | None
    head: Tag

    @property
    def model(self) -> str:
        return self.head.name

    def gates(self) -> tuple[str, Gates]:
        """The file of this model's gates, and what is in it."""
        found = [(self.repository.below(file), read(file)) for file in self.files]
        ours = [(file, gates) for file, gates in found if gates.name == self.model]
        if not ours:
            given = ", ".join(file for file, _ in found)
            raise CannotCheck(f"No gates are about {self.model}", given=given, next="Name their file with --gates")
        return ours[0]


def compared(versions: Versions, commit: str) -> Report:
    """The report about `head`, said of a commit; what could not run makes it one without a verdict."""
    base = revision(versions.environment, versions.base) if versions.base else None
    head = revision(f"v{versions.head.label.rpartition('@v')[2]}", versions.head, commit)
    facts: dict = {"model": clipped(versions.model), "base": base, "head": head}
    try:
        file, gates = versions.gates()
        facts |= {"task": gates.task, "production": production.served(versions.repository, "HEAD", gates)}
        with tempfile.TemporaryDirectory() as folder:
            facts |= _measured(versions, gates, Path(folder))
        facts |= _changed(versions, file, gates)
    except Problem as problem:
        facts["problem"] = clipped(problem, 500)
    return judge(Report(**facts))


def revision(name: str, tag: Tag, commit: str = "") -> Revision:
    """One side: what it is called, and of the version that it is; commit: where that is not the tag's own."""
    return Revision(name=name, commit=commit or tag.commit, digest=tag.digest or "", version=clipped(tag.label))


def registered(repository: Repository, version: str) -> Tag | None:
    """The tag of a version, as origin has it; None where there is none that names a bundle."""
    name = tags.parse(version)[0]
    return next((tag for tag in tags.read(repository, name) if tag.label == version and tag.digest), None)


def _measured(versions: Versions, gates: Gates, folder: Path) -> dict:
    """Metrics, slices and budgets of both, or of the new one alone."""
    repository = versions.repository
    _pull_rows(repository, gates)
    head = _scored(repository, gates, versions.head, folder / "head")
    spent = _spent(repository, versions.head, folder / "head")
    if versions.base is None:
        return measure.alone(gates, head, repository.root) | {"budgets": budgets.measure(gates, spent)}
    alignment = align(_scored(repository, gates, versions.base, folder / "base"), head)
    if not alignment.same:
        raise CannotCheck("The score command gave predictions of other rows", given=gates.score)
    before = _spent(repository, versions.base, folder / "base")
    found = measure.compared(gates, alignment, "same", repository.root)
    return found | {"budgets": budgets.measure(gates, spent, before)}


def _pull_rows(repository: Repository, gates: Gates) -> None:
    """Bring in what the stage that makes the predictions reads and this checkout lacks: the test rows are in it."""
    stages = load(repository, None, "dvc.lock").get("stages", {}).values()
    made = [stage for stage in stages if gates.predictions in [out["path"] for out in stage.get("outs", [])]]
    if not made:
        raise CannotCheck("dvc.lock records no predictions", given=gates.predictions, next="Run dvc repro")
    for read_by_it in (dep["path"] for dep in made[0].get("deps", [])):
        if not (repository.root / read_by_it).exists():
            baseline.pull(repository, read_by_it)


def _scored(repository: Repository, gates: Gates, tag: Tag, folder: Path) -> Predictions:
    """A version's predictions of the test rows; its bundle, at `folder`, is the one that was registered."""
    if gates.score is None:
        raise CannotCheck("gates.yaml has no score command", next="Add it, to compare versions")
    place = bundle.fetch(repository, path=tag.path, rev=tag.label, expected=tag.digest, folder=folder)
    out = folder / "predictions.parquet"
    return read_predictions(baseline.score(repository, gates.score, place, out), gates.task, measure.columns(gates))


def _spent(repository: Repository, tag: Tag, folder: Path) -> Spent:
    place = folder / tag.digest.removeprefix("md5:")
    return Spent(bundle=place, size=budgets.size(place), cost=cost.recorded(repository, tag.commit))


def _changed(versions: Versions, file: str, gates: Gates) -> dict:
    """What changed from one version to the other, where the newer one is that of this checkout."""
    here = Lock.read(versions.repository, "HEAD").outs.get(versions.head.path)
    if versions.base is None or here is None or here.digest != versions.head.digest:
        return {}
    return {"changes": changes.between(versions.repository, versions.base.commit, file, gates.data)}
