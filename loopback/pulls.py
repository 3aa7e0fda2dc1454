"""Pull requests: opened, followed when their branch moves, merged, closed."""

from __future__ import annotations

from loopback.hub import Hub, account, described, now
from loopback.repository import Repository
from loopback.tokens import Token


class NotMergeable(Exception):
    """The two sides conflict."""


def open_pull(hub: Hub, repository: Repository, head: str, base: str, title: str, body: str, token: Token) -> dict:
    """Record a pull request from `head` (a branch, or owner:branch of a fork) and make its merge commit."""
    source, branch = head_of(hub, repository, head)
    number = 1 + max((pull["number"] for pull in repository.pulls), default=0)
    url = f"https://api.github.com/repos/{repository.name}"
    pull = {
        "id": hub.next_id(),
        "number": number,
        "state": "open",
        "draft": False,
        "locked": False,
        "title": title,
        "body": body,
        "user": account(token.login),
        "author_association": "NONE" if source is not repository else "MEMBER",
        "labels": [],
        "html_url": f"https://github.com/{repository.name}/pull/{number}",
        "url": f"{url}/pulls/{number}",
        "issue_url": f"{url}/issues/{number}",
        "head": side(source, branch),
        "base": side(repository, base),
        "merged": False,
        "mergeable": None,
        "merged_at": None,
        "closed_at": None,
        "merge_commit_sha": None,
        "created_at": now(),
        "updated_at": now(),
    }
    repository.pulls.append(pull)
    refresh(hub, repository, pull)
    hub.emit("pull_request", token, action="opened", repository=repository.name, number=number)
    return pull


def head_of(hub: Hub, repository: Repository, head: str) -> tuple[Repository, str]:
    """The repository and the branch that a pull request's `head` names."""
    owner, _, branch = head.rpartition(":")
    if not owner or owner == repository.name.split("/")[0]:
        return repository, branch
    return hub.repositories[f"{owner}/{repository.name.split('/')[1]}"], branch


def side(repository: Repository, branch: str) -> dict:
    """The `head` or the `base` of a pull request."""
    owner = repository.name.split("/")[0]
    sha = repository.find(f"refs/heads/{branch}")
    return {
        "label": f"{owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": account(owner),
        "repo": described(repository),
    }


def refresh(hub: Hub, repository: Repository, pull: dict) -> None:
    """Bring refs/pull/N/head and the merge commit refs/pull/N/merge up to date with both branches."""
    source = hub.repositories[pull["head"]["repo"]["full_name"]]
    head, base = pull["head"]["ref"], pull["base"]["ref"]
    pull["head"]["sha"] = source.find(f"refs/heads/{head}")
    pull["base"]["sha"] = repository.find(f"refs/heads/{base}")
    target = f"refs/pull/{pull['number']}"
    repository.git("fetch", "-q", str(source.path), f"+refs/heads/{head}:{target}/head")
    message = f"Merge {pull['head']['sha']} into {pull['base']['sha']}"
    merge = repository.merge(pull["base"]["sha"], pull["head"]["sha"], message)
    pull["mergeable"], pull["merge_commit_sha"] = merge is not None, merge
    if merge or f"{target}/merge" in repository.refs():
        repository.set_ref(f"{target}/merge", merge)
    pull["updated_at"] = now()


def moved(hub: Hub, repository: Repository, ref: str, before: str, after: str, token: Token | None) -> None:
    """A ref changed: tell the pull requests that it belongs to, and queue the push."""
    if ref.startswith(("refs/heads/", "refs/tags/")):
        hub.emit("push", token, repository=repository.name, ref=ref, before=before, after=after)
    if ref.startswith("refs/heads/"):
        follow(hub, repository, ref.removeprefix("refs/heads/"), token)


def follow(hub: Hub, repository: Repository, branch: str, token: Token | None) -> None:
    """A branch moved: synchronize the open pull requests from it, refresh those against it. It went: close them."""
    for target in hub.repositories.values():
        for pull in target.pulls:
            mine = pull["head"]["repo"]["full_name"] == repository.name and pull["head"]["ref"] == branch
            against = target is repository and pull["base"]["ref"] == branch
            if pull["state"] != "open" or not (mine or against):
                continue
            if repository.find(f"refs/heads/{branch}") is None:
                close(hub, target, pull, token)
                continue
            before = pull["head"]["sha"]
            refresh(hub, target, pull)
            if mine and before != pull["head"]["sha"]:
                facts = {"repository": target.name, "number": pull["number"], "before": before}
                hub.emit("pull_request", token, action="synchronize", after=pull["head"]["sha"], **facts)


def merge(hub: Hub, repository: Repository, pull: dict, token: Token, title: str | None = None) -> str:
    """Merge with a merge commit, as the button does. Return its id."""
    base, head = repository.find(f"refs/heads/{pull['base']['ref']}"), pull["head"]["sha"]
    owner = pull["head"]["label"].split(":")[0]
    message = title or f"Merge pull request #{pull['number']} from {owner}/{pull['head']['ref']}"
    sha = repository.merge(base, head, f"{message}\n\n{pull['title']}")
    if sha is None:
        raise NotMergeable(f"pull request {pull['number']} conflicts with {pull['base']['ref']}")
    repository.signed.append(sha)
    pull.update(state="closed", merged=True, merge_commit_sha=sha, merged_at=now(), closed_at=now())
    pull["merged_by"] = account(token.login)
    ref = f"refs/heads/{pull['base']['ref']}"
    repository.set_ref(ref, sha)
    hub.emit("pull_request", token, action="closed", repository=repository.name, number=pull["number"])
    moved(hub, repository, ref, base, sha, token)
    return sha


def label(hub: Hub, repository: Repository, pull: dict, name: str, token: Token) -> None:
    """Set a label; nothing happens where it is set already."""
    if all(known["name"] != name for known in pull["labels"]):
        made = {"id": hub.next_id(), "name": name, "color": "ededed", "default": False, "description": None}
        pull["labels"].append(made)
        _relabelled(hub, repository, pull, "labeled", made, token)


def unlabel(hub: Hub, repository: Repository, pull: dict, name: str, token: Token) -> None:
    """Remove a label; StopIteration where it is not set."""
    known = next(known for known in pull["labels"] if known["name"] == name)
    pull["labels"].remove(known)
    _relabelled(hub, repository, pull, "unlabeled", known, token)


def _relabelled(hub: Hub, repository: Repository, pull: dict, action: str, label: dict, token: Token) -> None:
    """Put a change of the labels into the pull request's timeline, and queue its event."""
    short = {name: label[name] for name in ("name", "color")}
    facts = {"id": hub.next_id(), "event": action, "actor": account(token.login), "created_at": now()}
    repository.timeline.append({**facts, "label": short, "issue": pull["number"]})
    hub.emit("pull_request", token, action=action, repository=repository.name, number=pull["number"], label=label)


def close(hub: Hub, repository: Repository, pull: dict, token: Token | None) -> None:
    pull.update(state="closed", closed_at=now(), updated_at=now())
    hub.emit("pull_request", token, action="closed", repository=repository.name, number=pull["number"])
