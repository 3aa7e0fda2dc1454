"""The plans of a pull request that edits environment files: each file is read as data, and nothing is executed."""

import base64
import re
from collections.abc import Iterable

from mlgitops.deploy import place
from mlgitops.deploy.plan import Plan
from mlgitops.deploy.planner import Planner
from mlgitops.environments import environment
from mlgitops.environments.environment import NAME
from mlgitops.errors import CannotCheck, Problem
from mlgitops.github.api import Api, Refused
from mlgitops.github.deployments import Ledger
from mlgitops.repository.git import Repository

PATH = re.compile(rf"environments/({NAME.pattern})\.yaml")
LARGEST = 100_000  # bytes of a file
MOST = 10  # plans; the others are in the files


def of_pull(api: Api, repository: Repository, pull: dict, paths: Iterable[str]) -> tuple[Plan, ...]:
    """paths: what the pull request changes. repository: a clone of the default branch, from which alone is deployed."""
    if pull["base"]["ref"] != pull["base"]["repo"]["default_branch"]:
        return ()
    names = [found[1] for path in paths if (found := PATH.fullmatch(path))]
    return tuple(_plan(api, repository, pull["head"]["sha"], name) for name in names[:MOST])


def _plan(api: Api, repository: Repository, head: str, name: str) -> Plan:
    """What can't be found out counts as refused: nobody merges what nobody could look at."""
    planner, path = Planner(repository, place.root(repository), Ledger(name, api)), environment.path(name)
    try:
        return planner.plan(name, repository.show("HEAD", path), _content(api, path, head))
    except Problem as problem:
        return Plan(environment=name, refused=str(problem))


def _content(api: Api, path: str, sha: str) -> bytes | None:
    """A file's bytes at a commit; None where there is none."""
    try:
        found = api.call("GET", f"contents/{path}", params={"ref": sha})
    except Refused as refused:
        if refused.status == 404:
            return None
        raise
    if found["type"] != "file" or found["size"] > LARGEST:
        raise CannotCheck("An environment is a file of at most 100 kB", given=path)
    return base64.b64decode(found["content"])
