"""From an environment's file to what serves it."""

import os
from dataclasses import replace
from pathlib import Path

from mlgitops.deploy import bundle, environment, release
from mlgitops.deploy.desired import Model, NothingRegistered, resolve
from mlgitops.deploy.journal import Deployment, say
from mlgitops.deploy.local import Local
from mlgitops.deploy.place import Place
from mlgitops.errors import CheckFailed, Problem
from mlgitops.repository.git import Repository


def deploy(repository: Repository, name: str, root: Path) -> Deployment:
    """Make an environment serve what its file says at HEAD.

    The Deployment says how it ended: what was wanted serves, or (result "failed") what served before still does.
    """
    commit, wanted = repository.rev_parse("HEAD"), environment.read(repository, name)
    local = Local(Place(root / name), wanted)
    planned = Deployment(environment=name, commit=commit, url=wanted.url, result="deployed")
    with local.place.locked():
        done = _make(repository, local, replace(planned, before=local.serving()))
        if done.result not in ("unchanged", "nothing"):
            done.append(local.place.journal)
    return done


def _make(repository: Repository, local: Local, planned: Deployment) -> Deployment:
    try:
        # asked only now: a deploy that waited for another must not bring back what @latest meant before
        planned = replace(planned, wanted=resolve(repository, local.wanted))
        _refuse_moved(planned)
        changed = _change(repository, local, planned)
    except NothingRegistered as nothing:
        return replace(planned, result="nothing", why=f"{nothing} has no registered version yet")
    except Problem as problem:
        return replace(planned, result="failed", why=str(problem), after=local.serving())
    finally:
        local.place.next.unlink(missing_ok=True)
    if not changed:
        return replace(planned, result="unchanged", after=planned.before)
    if os.environ.get("RUNNER_ENVIRONMENT") == "github-hosted":
        local.supervisor.stop()
        return replace(planned, result="rehearsed")
    return replace(planned, after=local.serving())


def _refuse_moved(planned: Deployment) -> None:
    """CheckFailed where a version that serves is now said to be another bundle: its tag was moved."""
    for version, digest in planned.wanted.models.items():
        if (was := planned.before.models.get(version, digest)) != digest:
            given = f"{version} was {was} and is {digest}"
            raise CheckFailed("The tag of a version was moved", given=given, next="See who pushed it")


def _change(repository: Repository, local: Local, planned: Deployment) -> bool:
    """Whether there was anything to change."""
    code = release.make(repository, local.wanted.service, planned.commit, local.place.releases)
    if local.runs(code) and planned.before == planned.wanted:
        return False
    models = [Model(version, digest) for version, digest in planned.wanted.models.items()]
    bundles = {model.version: _fetch(repository, local.place, model) for model in models}
    local.place.write_next(commit=planned.commit, wanted=planned.wanted, bundles=bundles)
    if local.runs(code):
        local.swap(planned.wanted)
    else:
        local.restart(code, planned.wanted)
    return True


def _fetch(repository: Repository, place: Place, model: Model) -> Path:
    say(f"Fetching {model.version}, {model.digest}")
    return bundle.fetch(repository, path=model.path, rev=model.version, expected=model.digest, folder=place.bundles)
