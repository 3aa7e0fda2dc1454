"""Tokens and what they may do: the `permissions:` of a workflow job, or a person's."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

LEVELS = {"none": 0, "read": 1, "write": 2}
SCOPES = (
    "actions",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
)
DEFAULT = {"contents": "read", "packages": "read"}  # what a repository grants when a workflow says nothing
BOT = "github-actions[bot]"


@dataclass(frozen=True)
class Token:
    """`permissions`: scope → read or write. `workflow`: a job's token; what it does starts no workflow.
    `runtime`: the other token of a run, which its actions use to upload artifacts."""

    login: str
    repository: str
    permissions: Mapping[str, str]
    workflow: bool = False
    run: int | None = None
    runtime: bool = False
    value: str = field(default_factory=lambda: "ghs_" + secrets.token_hex(18))

    def allows(self, scope: str, level: str) -> bool:
        return LEVELS[self.permissions.get(scope, "none")] >= LEVELS[level]


def person(login: str, repository: str) -> Token:
    """Somebody with write access to the repository."""
    return Token(login, repository, dict.fromkeys(SCOPES, "write"))


def granted(workflow: Mapping, job: Mapping, *, read_only: bool) -> dict[str, str]:
    """The permissions of a job's GITHUB_TOKEN: its own block, else the workflow's, else DEFAULT.

    A scope that a given block does not name is none. `read_only` (a pull request from a fork) lowers
    every write to read, as GitHub does.
    """
    asked = job.get("permissions", workflow.get("permissions", DEFAULT))
    if isinstance(asked, str):
        asked = dict.fromkeys(SCOPES, {"read-all": "read", "write-all": "write"}[asked])
    unknown = set(asked or {}) - set(SCOPES)
    if unknown:
        raise ValueError(f"permissions: {', '.join(sorted(unknown))} is no scope; known are {', '.join(SCOPES)}")
    return {scope: "read" if read_only and level == "write" else level for scope, level in (asked or {}).items()}
