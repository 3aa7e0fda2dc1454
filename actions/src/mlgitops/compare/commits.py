"""The working tree against the commit at which its history leaves another branch's."""

import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msgspec.structs import replace

from mlgitops.compare import baseline, measure, recorded
from mlgitops.compare.gates import Gates, parse
from mlgitops.compare.predictions import Alignment, Predictions, align, read
from mlgitops.errors import CannotCheck, Problem
from mlgitops.report.schema import Metric, Revision, Rows, clipped
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, Out
from mlgitops.repository.objects import md5

PREFIXES = ("refs/", "remotes/", "heads/", "origin/")


@dataclass(frozen=True)
class Commits:
    """base: the commit's id; name: how the other side was called, main or a revision. gates_file: below the root."""

    repository: Repository
    gates: Gates
    gates_file: str
    base: str
    name: str

    @classmethod
    def find(cls, repository: Repository, gates: Gates, gates_file: str, rev: str) -> "Commits":
        name = rev
        for prefix in PREFIXES:
            name = name.removeprefix(prefix)
        return cls(repository, gates, gates_file, repository.merge_base(rev, "HEAD"), clipped(name))

    @cached_property
    def was(self) -> dict[str, Out]:
        return Lock.read(self.repository, self.base).outs

    @cached_property
    def now(self) -> dict[str, Out]:
        return Lock.read(self.repository).outs

    def bundle(self) -> Path:
        """The folder of the head's model, fetched where the working tree lacks it."""
        folder = self.repository.root / self.gates.model
        if not folder.is_dir():
            baseline.pull(self.repository, self.gates.model)
        return folder

    def revisions(self) -> dict:
        """Both sides by commit, digest and, where this very model was registered, version."""
        head = self.repository.rev_parse("HEAD")
        return {
            "base": self._revision(self.name, self.base, self.was),
            "head": self._revision("PR", head, self.now),
        }

    def measured(self) -> dict:
        """The parts of a report that come from predictions; if none of them changed, nothing is fetched."""
        if self._is_unchanged():
            rows = Rows(comparison="unchanged", identical=True, count=recorded.rows(self.repository))
            return {"rows": rows, "metrics": self._removed()}
        head = self._read(self._head_file())
        if self.gates.predictions not in self.was:
            return self._without_predictions(head)
        with tempfile.TemporaryDirectory() as folder:
            found = self._against(head, Path(folder))
        return found | {"metrics": [*map(self._marked, found.get("metrics", [])), *self._removed()]}

    def _revision(self, name: str, commit: str, outs: dict[str, Out]) -> Revision:
        model = outs.get(self.gates.model)
        digest = model.digest if model else ""
        return Revision(name=name, commit=commit, digest=digest, version=self._version(commit, digest))

    def _version(self, commit: str, digest: str) -> str:
        """The newest version of the model that a commit builds on, if it is this very one."""
        name = self.gates.name
        tags = self.repository.git("tag", "--merged", commit, "--sort=-version:refname", "--list", f"{name}@v*").split()
        model = Lock.read(self.repository, tags[0]).outs.get(self.gates.model) if tags else None
        return clipped(tags[0]) if model and model.digest == digest else ""

    def _is_unchanged(self) -> bool:
        paths = (self.gates.predictions, self.gates.model)
        return all(path in self.was and path in self.now and self.was[path] == self.now[path] for path in paths)

    def _against(self, head: Predictions, folder: Path) -> dict:
        """Compare with the base's predictions or, where its rows differ, with its model on the head's rows."""
        try:
            file = baseline.fetch(self.repository, self.was[self.gates.predictions], self.base, folder)
        except CannotCheck:
            found = self._without_predictions(head)
            if found["rows"].comparison == "none":
                raise
            return found
        alignment = align(self._read(file), head)
        if alignment.same:
            return measure.compared(self.gates, alignment, "same", self.repository.root)
        differing = different(alignment)
        if alignment.classes:
            return {"rows": differing, "problem": alignment.classes}
        try:
            rescored = align(self._rescored(folder), head)
        except Problem as problem:
            return {"rows": differing, "problem": clipped(problem, 500)}
        if not rescored.same:
            return {"rows": differing, "problem": "The score command gave predictions of other rows"}
        found = measure.compared(self.gates, rescored, "rescored", self.repository.root)
        counts = {name: getattr(differing, name) for name in ("only_base", "only_head", "relabelled")}
        return found | {"rows": replace(found["rows"], **counts)}

    def _without_predictions(self, head: Predictions) -> dict:
        """Compare with the metrics that the base recorded, or with nothing."""
        values = recorded.metrics(self.repository, self.base)
        known = {name: values[name] for name in self.gates.metrics if name in values}
        return measure.alone(self.gates, head, self.repository.root, known)

    def _rescored(self, folder: Path) -> Predictions:
        if self.gates.score is None:
            raise CannotCheck("gates.yaml has no score command", next="Add it, to compare when the test rows change")
        if self.gates.model not in self.was:
            raise CannotCheck(
                "The base's dvc.lock records no model", given=self.gates.model, next="Train it on the base"
            )
        model = baseline.fetch(self.repository, self.was[self.gates.model], self.base, folder)
        return self._read(baseline.score(self.repository, self.gates.score, model, folder / "rescored.parquet"))

    def _read(self, path: Path) -> Predictions:
        return read(path, self.gates.task, measure.columns(self.gates))

    def _head_file(self) -> Path:
        """The head's predictions: those that dvc.lock names, and no others that happen to lie there."""
        path, out = self.repository.root / self.gates.predictions, self.now.get(self.gates.predictions)
        if out is None:
            raise CannotCheck("dvc.lock records no predictions", given=self.gates.predictions, next="Run dvc repro")
        if not path.is_file():
            baseline.pull(self.repository, self.gates.predictions)
        if md5(path) != out.md5:
            raise CannotCheck("These predictions are not those of dvc.lock", given=path.name, next="Run dvc repro")
        return path

    @cached_property
    def _before(self) -> Gates | None:
        """The base's gates; None where there are none, or none that these rules can read."""
        try:
            return parse(self.repository.show(self.base, self.gates_file) or b"")
        except CannotCheck:
            return None

    def _marked(self, metric: Metric) -> Metric:
        return replace(metric, is_new=self._before is not None and metric.name not in self._before.metrics)

    def _removed(self) -> list[Metric]:
        """Metrics that the base's gates hold a pull request to, and these no longer do."""
        before = self._before
        gated = {name for name, gate in self.gates.metrics.items() if gate.role != "info"}
        return [
            Metric(name=name, role=gate.role, direction=before.direction(name), result="removed")
            for name, gate in (before.metrics.items() if before else ())
            if gate.role != "info" and name not in gated
        ]


def different(alignment: Alignment) -> Rows:
    return Rows(
        comparison="different",
        count=len(alignment.head) + alignment.only_head,
        only_base=alignment.only_base,
        only_head=alignment.only_head,
        relabelled=alignment.relabelled,
    )
