"""Which actions of others a workflow uses, and what stands in for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from loopback.repository import Repository
from loopback.runner.workflow import yaml

ACTIONS = Path(__file__).resolve().parent.parent / "actions"
STAND_INS = {
    "actions/attest": ACTIONS / "attest",
    "actions/checkout": ACTIONS / "checkout",
    "actions/upload-artifact": ACTIONS / "upload-artifact",
    "astral-sh/setup-uv": ACTIONS / "setup-uv",
    "docker/build-push-action": ACTIONS / "build-push",
    "docker/login-action": ACTIONS / "login",
    "docker/setup-buildx-action": ACTIONS / "setup-buildx",
    "iterative/setup-cml": ACTIONS / "setup-cml",
}
USES = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)(?:/[^@]+)?@(?P<ref>.+)")


class UnknownAction(RuntimeError):
    """A workflow uses an action that nothing stands in for."""


def used(text: str) -> set[tuple[str, str]]:
    """(owner/name, ref) of every action of others in a workflow or an action file."""
    found = (USES.fullmatch(value) for value in values(yaml().load(text), "uses"))
    return {match.group("name", "ref") for match in found if match}


def values(node: object, key: str) -> Iterator[str]:
    """What stands under a key, at any depth."""
    if isinstance(node, Mapping):
        yield from ([node[key]] if isinstance(node.get(key), str) else [])
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from values(inner, key)


def stand_ins(workflow: str, actions: Iterable[str]) -> list[str]:
    """act's arguments that put our stand-ins in the place of every action used, at whatever ref is pinned.

    Raises UnknownAction for one of the workflow. One of a local action file (`actions`: their texts) that is
    not known may not be used in this run; if it is, act asks the hub for it and the job fails.
    """
    unknown = {name for name, _ in used(workflow)} - STAND_INS.keys()
    if unknown:
        raise UnknownAction(f"Nothing stands in for {', '.join(sorted(unknown))}: add it to loopback/actions.")
    pairs = sorted({pair for text in (workflow, *actions) for pair in used(text) if pair[0] in STAND_INS})
    return [word for name, ref in pairs for word in ("--local-repository", f"{name}@{ref}={STAND_INS[name]}")]


def action_files(repository: Repository, revision: str) -> list[str]:
    """The texts of the action files that a commit holds."""
    paths = repository.git("ls-tree", "-r", "--name-only", revision).splitlines()
    wanted = [path for path in paths if path.rpartition("/")[2] in ("action.yml", "action.yaml")]
    return [repository.read(revision, path) or "" for path in wanted]
