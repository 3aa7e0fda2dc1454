"""From an environment's file to what serves it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mlgitops.deploy import lineage, release
from mlgitops.deploy.journal import Deployment, Passed, say
from mlgitops.deploy.local import Local
from mlgitops.deploy.place import Place
from mlgitops.deploy.served import Evidence
from mlgitops.deploy.smoke import Smoke
from mlgitops.environments import environment
from mlgitops.environments.desired import Model, NothingRegistered, resolve
from mlgitops.errors import CheckFailed, Problem
from mlgitops.github.deployments import Ledger
from mlgitops.repository.git import Repository
from mlgitops.versions import bundle

ENDED = {"deployed": "success", "rehearsed": "success", "failed": "failure"}  # a result in GitHub's words


def deploy(repository: Repository, name: str, root: Path, limits: Mapping[str, float] | None = None) -> Deployment:
    """Make an environment serve what its file says at HEAD. limits: model → the most milliseconds that a row may take.

    The Deployment says how it ended: what was wanted serves, or (result "failed") what served before still does.
    """
    commit, wanted = repository.rev_parse("HEAD"), environment.read(repository, name)
    local, ledger = Local(Place(root / name), wanted), Ledger.here(name)
    with local.place.locked():
        deploying = Deploying(repository, local, ledger, limits or {})
        done = deploying.make(Deployment(environment=name, commit=commit, url=wanted.url, result="deployed"))
        if done.result in ENDED:
            ledger.begin(commit, done.wanted)  # of what was refused before anything was changed
            ledger.finish(ENDED[done.result], done.why or f"Smoke test: {done.smoke}", done.url)
        done = replace(done, notes=(*done.notes, *ledger.refused))
        if done.result not in ("unchanged", "nothing"):
            done.append(local.place.journal)
        if done.result in ("deployed", "unchanged"):
            local.place.settle(commit)
    return done


@dataclass(frozen=True)
class Deploying:
    """One deploy, alone in its environment's folder."""

    repository: Repository
    local: Local
    ledger: Ledger
    limits: Mapping[str, float]

    def make(self, planned: Deployment) -> Deployment:
        """The planned deploy with how it ended."""
        planned = replace(planned, before=self.local.serving())
        try:
            planned = self._in_order(planned)
            if planned.result == "skipped":
                return replace(planned, after=planned.before)
            # asked only now: a deploy that waited for another must not bring back what @latest meant before
            planned = replace(planned, wanted=resolve(self.repository, self.local.wanted))
            _refuse_moved(planned)
            self._refuse_unserved(planned)
            passed = self._change(planned)
        except NothingRegistered as nothing:
            return replace(planned, result="nothing", why=f"{nothing} has no registered version yet")
        except Problem as problem:
            return replace(planned, result="failed", why=str(problem), after=self.local.serving())
        finally:
            self.local.place.next.unlink(missing_ok=True)
        if passed is None:
            return replace(planned, result="unchanged", after=planned.before)
        if os.environ.get("RUNNER_ENVIRONMENT") == "github-hosted":
            self.local.supervisor.stop()
            return replace(planned, result="rehearsed", smoke=passed)
        return replace(planned, smoke=passed, after=self.local.serving())

    def _in_order(self, planned: Deployment) -> Deployment:
        """Skipped where something newer was deployed; noted where nobody can say what is newer."""
        for known in self._deployed():
            relation = lineage.of(self.repository, planned.commit, known)
            if relation == "older":
                return replace(planned, result="skipped", why=f"which is older than {known[:12]}, deployed before it")
            if relation == "apart":
                note = (
                    f"{known[:12]}, which was deployed before, is not in the history of this commit: it was rewritten."
                )
                planned = replace(planned, notes=(*planned.notes, note))
        return planned

    def _deployed(self) -> list[str]:
        """The commits deployed last: by what is kept here and by the service; where neither is, by GitHub.

        They differ where the last deploy was killed after its switch, and where it had found nothing to change.
        """
        status = self.local.status()
        if here := dict.fromkeys(filter(None, (self.local.place.newest, status and status.commit))):
            return list(here)
        success = self.ledger.newest()
        return [success.commit] if success else []

    def _refuse_unserved(self, planned: Deployment) -> None:
        """CheckFailed for a version that is new here, and that the environment before has not served."""
        after, new = self.local.wanted.after, planned.wanted.models.keys() - planned.before.models.keys()
        if after and new:
            evidence = Evidence.of(after, self.local.place.folder.parent, self.ledger)
            evidence.require({version: planned.wanted.models[version] for version in sorted(new)})

    def _change(self, planned: Deployment) -> Passed | None:
        """What the smoke test found of what serves then; None where there was nothing to change."""
        local, wanted = self.local, planned.wanted
        code = release.make(self.repository, local.wanted.service, planned.commit, local.place.releases)
        is_there = local.runs(code) and planned.before == wanted
        if is_there and not local.place.before.exists():
            return None
        self.ledger.begin(planned.commit, wanted)
        models = [Model(version, digest) for version, digest in wanted.models.items()]
        bundles = {model.version: _fetch(self.repository, local.place, model) for model in models}

        def smoke() -> Passed:  # with the key that the service has then
            return Smoke(local.client(local.wanted.url), wanted, bundles, self.limits).test()

        if is_there:
            return local.prove(smoke)
        local.place.write_next(commit=planned.commit, wanted=wanted, bundles=bundles)
        return local.swap(wanted, smoke) if local.runs(code) else local.restart(code, wanted, smoke)


def _refuse_moved(planned: Deployment) -> None:
    """CheckFailed where a version that serves is now said to be another bundle: its tag was moved."""
    for version, digest in planned.wanted.models.items():
        if (was := planned.before.models.get(version, digest)) != digest:
            given = f"{version} was {was} and is {digest}"
            raise CheckFailed("The tag of a version was moved", given=given, next="See who pushed it")


def _fetch(repository: Repository, place: Place, model: Model) -> Path:
    say(f"Fetching {model.version}, {model.digest}")
    return bundle.fetch(repository, path=model.path, rev=model.version, expected=model.digest, folder=place.bundles)
