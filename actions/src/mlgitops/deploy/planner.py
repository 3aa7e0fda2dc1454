"""Plans, made of an environment's file before and after a merge, of what serves, and of what was registered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec import structs

from mlgitops.deploy.plan import Plan
from mlgitops.deploy.served import Evidence, refusal
from mlgitops.environments import environment
from mlgitops.environments.desired import NothingRegistered, Serving, resolve
from mlgitops.environments.environment import Environment
from mlgitops.errors import CheckFailed, Problem
from mlgitops.github.deployments import Ledger
from mlgitops.repository.git import Repository

RESTARTING = ("service", "address", "workers")


@dataclass(frozen=True)
class Planner:
    """repository: whose tags count. root: where environments are kept on this machine. ledger: GitHub's record."""

    repository: Repository
    root: Path
    ledger: Ledger

    def plan(self, name: str, base: bytes | None, head: bytes | None) -> Plan:
        """From the bytes of its file on the base, to those on the head; None where there is no such file."""
        planned = Plan(environment=name)
        try:
            planned = self._before(planned, base)
            if head is None:
                return replace(planned, notes=("The file is removed: what serves serves on until somebody stops it.",))
            wanted = environment.parse(head, planned.path)
            planned = replace(planned, after=_as_written(wanted), notes=tuple(_restarts(base, wanted, planned.path)))
            planned = replace(planned, after=resolve(self.repository, wanted))
            return replace(planned, notes=(*planned.notes, *self._in_order(planned, wanted)))
        except NothingRegistered as nothing:
            return replace(
                planned, notes=(*planned.notes, f"{nothing} has no registered version yet: nothing is done.")
            )
        except Problem as problem:
            return replace(planned, refused=str(problem))

    def _before(self, planned: Plan, base: bytes | None) -> Plan:
        if success := self.ledger.of(planned.environment).newest():
            return replace(planned, before=success.serving, is_served=True)
        try:
            found = environment.parse(base, planned.path) if base else None
        except Problem:  # a change may be what mends it
            return planned
        try:
            before = resolve(self.repository, found) if found else Serving()
        except (Problem, NothingRegistered):
            before = _as_written(found)
        return replace(planned, before=before)

    def _in_order(self, planned: Plan, wanted: Environment) -> Iterator[str]:
        """CheckFailed for a tag that was moved, or a version that the environment before has not served."""
        new = {}
        for version, digest in planned.after.models.items():
            if (was := planned.before.models.get(version)) is None:
                new[version] = digest
            elif was != digest:
                raise CheckFailed("The tag of a version was moved", given=f"{version} was {was} and is {digest}")
        if not (wanted.after and new):
            return
        evidence = Evidence.of(wanted.after, self.root, self.ledger)
        if not evidence.is_there:
            yield f"Whether {wanted.after} has served {', '.join(new)} is not known here: the deploy will look."
        elif missing := evidence.missing(new):
            raise refusal(missing, wanted.after)


def _as_written(wanted: Environment) -> Serving:
    """What a file says, before anybody knows what its versions are."""
    return Serving(endpoints={name: structs.replace(each, ramp=[]) for name, each in wanted.endpoints.items()})


def _restarts(base: bytes | None, wanted: Environment, path: str) -> Iterator[str]:
    """What changes beside the endpoints."""
    try:
        before = environment.parse(base, path) if base else None
    except Problem:
        return
    for name in RESTARTING if before else ():
        if (was := getattr(before, name)) != (now := getattr(wanted, name)):
            yield f"{name}: {was} → {now}; the service is restarted."
