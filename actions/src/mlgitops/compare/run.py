"""A comparison from start to report. It always ends in a report; what could not run makes it one without a verdict."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from mlgitops.audit import gate
from mlgitops.compare import budgets, changes, history, measure, predictions, production, validation
from mlgitops.compare.commits import Commits, different
from mlgitops.compare.gates import Gates, read
from mlgitops.compare.verdict import judge
from mlgitops.errors import Problem
from mlgitops.noise import record
from mlgitops.pipeline import result
from mlgitops.pipeline.validation import read as read_validation
from mlgitops.report.schema import Audit, Pipeline, Report, Revision, Validation, clipped
from mlgitops.repository.git import Repository

PIPELINE, VALIDATION = result.PATH, Path("reports/validation.json")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Where the facts of a run are; a file that is not there means that it was not run. gates: one for each model."""

    gates: list[Path]
    pipeline: Path | None = None
    validation: Path | None = None


def files(inputs: Inputs, base: Path, head: Path) -> Report:
    """Two prediction files, without any repository, by the first gates."""
    facts = {"base": Revision(name=clipped(base.stem)), "head": Revision(name=clipped(head.stem))}
    with _until_a_problem(facts):
        gates = _start(inputs.gates[0], facts)
        facts |= _ran(inputs, None)
        if not _is_stopped(facts):
            facts |= _measured(gates, base, head)
    return judge(Report(**facts))


def commits(inputs: Inputs, rev: str) -> Report:
    """The working tree of this repository against the commit at which its history leaves that of `rev`."""
    found = Repository.here()
    inputs = Inputs(
        gates=inputs.gates, pipeline=inputs.pipeline or PIPELINE, validation=inputs.validation or VALIDATION
    )
    held = cache(lambda is_run: gate.audit(found, None if is_run else "HEAD"))
    first, *others = (_model(found, inputs, gates, rev, held) for gates in inputs.gates)
    return replace(first, others=others)


def _model(
    found: Repository, inputs: Inputs, gates_file: Path, rev: str, held: Callable[[bool], Audit | None]
) -> Report:
    """One model; what changed in the repository is the same for all of them, and the first one's to say.

    held: what the remote holds, of what a run made or of what HEAD names; looked up once for all models.
    """
    facts = {"head": Revision(name="PR", commit=found.rev_parse("HEAD"))}
    with _until_a_problem(facts):
        gates = _start(gates_file, facts)
        sides = Commits.find(found, gates, found.below(gates_file), rev)
        facts |= sides.revisions()
        if gates_file == inputs.gates[0]:
            facts["changes"] = changes.between(found, sides.base, sides.gates_file, gates.data)
        facts |= {"history": history.merges(sides), "production": production.served(found, sides.base, gates)}
        before = inputs.validation and found.show(sides.base, found.below(inputs.validation))
        facts |= _ran(inputs, before)
        if _is_stopped(facts):
            facts["head"] = replace(facts["head"], digest="", version="")  # what lies there is an earlier model
        else:
            # A run has stored what it made and its lock names; what a laptop made, the push of a commit will store.
            facts["audit"] = held(facts["pipeline"] is not None)
            facts |= sides.measured()
            facts["noise"] = record.read(found, sides.base, "HEAD", gates)
            facts |= _spent(sides, facts)
    return judge(Report(**facts))


@contextmanager
def _until_a_problem(facts: dict) -> Iterator[None]:
    """What could not run ends the collection of facts and becomes one of them."""
    try:
        yield
    except Problem as problem:
        facts["problem"] = clipped(problem, 500)


def _start(gates_file: Path, facts: dict) -> Gates:
    gates = read(gates_file)
    facts |= {"model": gates.name, "task": gates.task}
    return gates


def _measured(gates: Gates, base: Path, head: Path) -> dict:
    both = (predictions.read(path, gates.task, measure.columns(gates)) for path in (base, head))
    alignment = predictions.align(*both)
    if alignment.same:
        return measure.compared(gates, alignment, "same", Path.cwd())
    return {"rows": different(alignment), "problem": alignment.classes}


def _spent(sides: Commits, facts: dict) -> dict:
    """Budgets, of a model that is new."""
    if facts["rows"].comparison in ("unchanged", "different"):
        return {}
    return {"budgets": budgets.both(sides, facts["pipeline"])}


def _ran(inputs: Inputs, base_validation: bytes | None) -> dict:
    """What the stages and the data's checks left behind."""
    found = inputs.validation and read_validation(inputs.validation)
    return {
        "pipeline": inputs.pipeline and result.read(inputs.pipeline),
        "validation": validation.summed(found, base_validation) if found else None,
    }


def _is_stopped(facts: dict) -> bool:
    """Nothing is measured after a failure: the numbers that lie there may be those of an earlier run."""
    pipeline: Pipeline | None = facts["pipeline"]
    checked: Validation | None = facts["validation"]
    return bool((pipeline and pipeline.failed) or (checked and checked.severity == "critical"))
