"""The ramps of an environment: each goes on, or back, by a pull request that quotes its experiment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mlgitops.deploy.place import Place
from mlgitops.environments import edit, environment
from mlgitops.environments.environment import Endpoint
from mlgitops.errors import CannotCheck, Problem
from mlgitops.experiment import markdown, period, step, words
from mlgitops.experiment.result import Comparison, Experiment
from mlgitops.experiment.run import experiment
from mlgitops.experiment.step import Step
from mlgitops.github import event, proposal
from mlgitops.github.api import Api
from mlgitops.github.proposal import Proposal, Proposed
from mlgitops.github.publishing import publish_own
from mlgitops.report.schema import Report, Revision
from mlgitops.repository.git import Repository


@dataclass(frozen=True)
class Ramp:
    """An endpoint with a ramp, as the file at HEAD has it. connect: to GitHub, once it is needed."""

    repository: Repository
    place: Place
    name: str
    endpoint: Endpoint
    connect: Callable[[], Api]

    @property
    def path(self) -> str:
        return environment.path(self.place.name)

    @property
    def branch(self) -> str:
        return f"ramp/{self.place.name}/{self.name}"

    def move(self, gates_files: list[Path]) -> str:
        """Propose what the experiment says, or close what it says no more; in one line, what was done."""
        if not step.is_ramping(self.endpoint):
            return f"{self.name}: nothing ramps, {self._close('Nothing ramps there any more.')}."
        if period.current(self.place, self.name).routes != self.endpoint.routes:
            return f"{self.name}: {self.endpoint} is in the file and does not serve yet, nothing to propose."
        found = experiment(self.place, self.name, gates_files, self.repository.root)
        event.add_summary(markdown.render(found))
        told = next(each for each in found.comparisons if each.head.model == self.endpoint.routes[-1].model)
        wanted = step.after(told.verdict, self.endpoint, self.place.name)
        if wanted:
            done = self._propose(wanted, found, told, gates_files)
        else:
            done = self._close(f"That can't be told any more. {words.sentence(told)}")
        return f"{self.name}: {told.verdict}, {done}. {words.sentence(told)}"

    def _propose(self, wanted: Step, found: Experiment, told: Comparison, gates_files: list[Path]) -> str:
        api, content = self.connect(), self.repository.show("HEAD", self.path)
        body = f"Traffic: {self.endpoint} → {wanted.wanted}. A merge makes it so.\n\n{markdown.render(found)}"
        files = {self.path: edit.endpoint(content, self.path, self.name, wanted.wanted)}
        base = self.repository.rev_parse("HEAD")
        made = proposal.propose(api, Proposal(self.branch, wanted.title, body, files, base=base))
        if made.is_open and event.run_url():  # a person's token starts the workflow that comments
            verdict = "needs-decision" if told.verdict == "worse" else "ready"
            said = Report(verdict=verdict, reason=f"{told.why}, on live traffic", head=Revision(commit=made.head))
            publish_own(api, self.repository, made, said, gates_files)
        return f"{wanted.title}: {_told(made)}"

    def _close(self, why: str) -> str:
        closed = proposal.withdraw(self.connect(), self.branch, why)
        return f"closed #{closed}" if closed else "nothing to propose"


def find(repository: Repository, name: str, root: Path, connect: Callable[[], Api]) -> list[Ramp]:
    """The ramps of an environment at HEAD."""
    endpoints, place = environment.read(repository, name).endpoints, Place(root / name)
    return [Ramp(repository, place, key, each, connect) for key, each in endpoints.items() if each.ramp]


def move(ramps: list[Ramp], gates_files: list[Path]) -> Iterator[str]:
    """What was done with each, whatever became of the one before; CannotCheck at the end with those that failed."""
    failed = []
    for ramp in ramps:
        try:
            yield ramp.move(gates_files)
        except Problem as problem:
            failed.append(str(problem))
    if failed:
        raise CannotCheck("Not every ramp could be moved", given="; ".join(failed))


def _told(made: Proposed) -> str:
    if not made.is_open:
        return f"somebody has decided on that, see {made.url}"
    return made.url if made.changed else f"{made.url} says so already"
