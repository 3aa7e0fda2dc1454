"""One pull request for one purpose: opened, brought up to date, or closed, however often that is asked for.

Its branch is written anew on top of the default branch each time. A commit of ours names what it proposes, by git's
hashes; a branch that differs from it holds a person's work, and is left alone.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from urllib.parse import quote

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.github import commit
from mlgitops.github.api import Api, Refused

TRAILER = "Proposal"  # of a commit's message
NAMED = re.compile(rf"^{TRAILER}: ([0-9a-f]{{40}})$", re.MULTILINE)
MARKER = re.compile(r"\s*<!-- mlgitops:proposal ([0-9a-f]{40}) -->")


@dataclass(frozen=True)
class Proposal:
    """files: path → bytes, as they are to be after the merge; made from `base`, by default the default branch's tip.

    asked: a person wants it now; else what a person has closed or merged before is not proposed again.
    """

    branch: str
    title: str
    body: str
    files: dict[str, bytes]
    labels: tuple[str, ...] = ()
    base: str | None = None
    asked: bool = False

    @property
    def digest(self) -> str:
        """Of what is proposed, whatever the rest of the repository holds."""
        return _digest((path, commit.blob(data)) for path, data in self.files.items())

    @property
    def text(self) -> str:
        """The body, with a hidden line by which the content is known again."""
        return f"{self.body.rstrip()}\n\n<!-- mlgitops:proposal {self.digest} -->"


@dataclass(frozen=True)
class Proposed:
    """head: its commit. changed: by this call. is_open: False where a person decided on this very content before."""

    number: int
    url: str
    changed: bool
    head: str
    is_open: bool = True


def propose(api: Api, proposal: Proposal) -> Proposed:
    """Open the pull request or bring it up to date; where it is already as wanted, nothing is done.

    CheckFailed where a person has committed to its branch. CannotCheck where GitHub lets no job open pull requests:
    the branch is there then, and the error has the link to open it by hand.
    """
    pulls = _pulls(api, proposal.branch)
    opened = next((pull for pull in pulls if pull["state"] == "open"), None)
    if opened is None and not proposal.asked and (decided := _decided(pulls, proposal.digest)):
        return Proposed(decided["number"], decided["html_url"], False, decided["head"]["sha"], is_open=False)
    default = _default(api)
    there = _written(api, default, proposal.branch)
    is_new = opened is None or there != proposal.digest
    head = _write(api, default, proposal, there is not None) if is_new else opened["head"]["sha"]
    pull = opened or _open(api, default, proposal)
    changed = _retold(api, pull, proposal) or is_new
    return Proposed(pull["number"], pull["html_url"], changed, head)


def withdraw(api: Api, branch: str, why: str) -> int | None:
    """Close the open pull request of a branch with a comment; its number, or None where there is none.

    Nobody has decided against its content by that: it may be proposed again.
    """
    opened = next((pull for pull in _pulls(api, branch) if pull["state"] == "open"), None)
    if opened is None:
        return None
    _written(api, _default(api), branch)
    api.call("POST", f"issues/{opened['number']}/comments", json={"body": why})
    body = MARKER.sub("", opened["body"] or "")
    api.call("PATCH", f"pulls/{opened['number']}", json={"state": "closed", "body": body})
    return opened["number"]


def compare_url(repository: str, default: str, branch: str) -> str:
    """The page on which a person opens a pull request from a branch that is pushed."""
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    return f"{server}/{repository}/compare/{quote(default)}...{quote(branch)}?expand=1"


def _pulls(api: Api, branch: str) -> list[dict]:
    """All from a branch of this repository, newest first; of a fork's of that name, none."""
    return api.pages("pulls", state="all", head=f"{api.repository.partition('/')[0]}:{branch}")


def _decided(pulls: list[dict], digest: str) -> dict | None:
    """The newest pull request that a person closed, or merged, for this very content."""
    marked = ((pull, MARKER.search(pull["body"] or "")) for pull in pulls)
    return next((pull for pull, found in marked if found and found[1] == digest), None)


def _default(api: Api) -> str:
    return api.call("GET", f"{api.server}/repos/{api.repository}")["default_branch"]


def _tip(api: Api, branch: str) -> str | None:
    try:
        return api.call("GET", f"git/ref/heads/{quote(branch)}")["object"]["sha"]
    except Refused as refused:
        if refused.status == 404:
            return None
        raise


def _written(api: Api, default: str, branch: str) -> str | None:
    """The digest of what a branch of ours holds; None where there is no branch. CheckFailed for a person's commits.

    What counts is what differs from the default branch: bringing that in by a merge changes nothing of it.
    """
    tip = _tip(api, branch)
    if tip is None:
        return None
    found = api.call("GET", f"compare/{quote(default)}...{tip}")
    holds = _digest((file["filename"], file["sha"]) for file in found["files"])
    named = [digest for one in found["commits"] for digest in NAMED.findall(one["commit"]["message"])]
    if found["files"] and holds not in named[-1:]:
        raise CheckFailed(
            "A person has committed to this branch, and it is left as it is",
            given=branch,
            next="Merge it, or delete the branch and run this again",
        )
    return holds


def _write(api: Api, default: str, proposal: Proposal, is_there: bool) -> str:
    """Let the branch be one commit on top of the default branch."""
    base = proposal.base or _tip(api, default)
    message = f"{proposal.title}\n\n{TRAILER}: {proposal.digest}"
    made = commit.make(api, parent=base, files=proposal.files, message=message)
    if is_there:
        api.call("PATCH", f"git/refs/heads/{quote(proposal.branch)}", json={"sha": made, "force": True})
    else:
        api.call("POST", "git/refs", json={"ref": f"refs/heads/{proposal.branch}", "sha": made})
    return made


def _open(api: Api, default: str, proposal: Proposal) -> dict:
    asked = {"title": proposal.title, "head": proposal.branch, "base": default, "body": proposal.text}
    try:
        pull = api.call("POST", "pulls", json=asked)
    except Refused as refused:
        if refused.status != 403:
            raise
        raise CannotCheck(
            "The branch is pushed, but GitHub lets this token open no pull request",
            given=refused.given,
            next=f"Open it: {compare_url(api.repository, default, proposal.branch)} "
            "(make github-settings APPLY=1 allows it from now on)",
        ) from refused
    if proposal.labels:
        api.call("POST", f"issues/{pull['number']}/labels", json={"labels": list(proposal.labels)})
    return pull


def _retold(api: Api, pull: dict, proposal: Proposal) -> bool:
    """Whether title or body were others."""
    told = {"title": proposal.title, "body": proposal.text}
    if all(pull[name] == value for name, value in told.items()):
        return False
    api.call("PATCH", f"pulls/{pull['number']}", json=told)
    return True


def _digest(entries) -> str:
    """Of (path, git's hash) pairs."""
    listing = "".join(f"{sha} {path}\n" for path, sha in sorted(entries))
    return hashlib.sha1(listing.encode(), usedforsecurity=False).hexdigest()
