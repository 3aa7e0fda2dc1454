"""Events as workflows meet them: the payload, the commit, and where the run's head is."""

from __future__ import annotations

from dataclasses import dataclass, field

from loopback.hub import Hub, account, described
from loopback.repository import ZERO, Repository


@dataclass(frozen=True)
class Event:
    """`ref`, `sha`: GITHUB_REF and GITHUB_SHA; workflow files are read at `sha`. `branch`: what branch filters
    look at (None for a tag). `fork`: it came from another repository, so tokens are read-only. `workflow`: the path
    of the only workflow that it is for."""

    name: str
    action: str | None
    payload: dict
    ref: str
    sha: str
    branch: str | None
    actor: str
    title: str
    head_branch: str
    head_sha: str
    head_repository: Repository
    changed: list[str] = field(default_factory=list)
    pull_requests: list[dict] = field(default_factory=list)
    fork: bool = False
    workflow: str | None = None


def of(hub: Hub, fact: dict) -> Event | None:
    """The event that a queued fact makes; None for one that no workflow can meet (a deletion, a conflict)."""
    return {"push": push, "pull_request": pull_request, "workflow_run": workflow_run}[fact["name"]](hub, fact)


def trusted(hub: Hub, fact: dict) -> Event | None:
    """The `pull_request_target` that goes with a pull request's event: it runs on the default branch, with a
    token that may write, conflict or not."""
    if fact["name"] != "pull_request":
        return None
    repository = hub.repositories[fact["repository"]]
    payload, pull = described_pull(hub, fact)
    sha = repository.find(f"refs/heads/{repository.default_branch}")
    ref, base, head = f"refs/heads/{repository.default_branch}", pull["base"]["ref"], pull["head"]
    facts = (payload, ref, sha, base, fact["actor"], pull["title"], head["ref"], head["sha"])
    return Event("pull_request_target", fact["action"], *facts, hub.repositories[head["repo"]["full_name"]])


def common(repository: Repository, actor: str) -> dict:
    return {"repository": described(repository), "sender": account(actor)}


def push(hub: Hub, fact: dict) -> Event | None:
    repository, ref, after = hub.repositories[fact["repository"]], fact["ref"], fact["after"]
    if after == ZERO:
        return None
    tag, before = ref.startswith("refs/tags/"), fact["before"]
    sha, name = repository.find(after), ref.split("/", 2)[2]
    shas = repository.git("rev-list", "--reverse", "--max-count=20", sha, *([] if before == ZERO else [f"^{before}"]))
    commits = [commit(repository, one) for one in shas.split()]
    payload = {
        "ref": ref,
        "before": before,
        "after": after,
        "created": before == ZERO,
        "deleted": False,
        "forced": before != ZERO and not repository.is_ancestor(before, after),
        "compare": f"https://github.com/{repository.name}/compare/{before[:12]}...{after[:12]}",
        "commits": [] if tag else commits,
        "head_commit": commit(repository, sha),
        "pusher": {"name": fact["actor"], "email": f"{fact['actor']}@users.noreply.github.com"},
        **common(repository, fact["actor"]),
    }
    changed = [] if tag else repository.pushed(before, sha)
    facts = (None if tag else name, fact["actor"], payload["head_commit"]["message"].split("\n")[0])
    return Event("push", None, payload, ref, sha, *facts, name, sha, repository, changed)


def commit(repository: Repository, sha: str) -> dict:
    """A commit as push payloads carry it, with the files that it added, removed and modified."""
    name, email, when, message = repository.git("show", "-s", "--format=%an%x00%ae%x00%cI%x00%B", sha).split("\0")
    flags = ("--no-renames", "-r", "-m", "--first-parent", "--root", "--no-commit-id", "--name-status", "-z")
    said = repository.git("diff-tree", *flags, sha).split("\0")[:-1]
    files = list(zip(said[::2], said[1::2], strict=True))
    kinds = {"added": "A", "removed": "D", "modified": "MT"}
    return {
        "id": sha,
        "tree_id": repository.find(sha, "tree"),
        "message": message.strip("\n"),
        "timestamp": when,
        "author": {"name": name, "email": email},
        "url": f"https://github.com/{repository.name}/commit/{sha}",
        **{kind: [path for letter, path in files if letter in letters] for kind, letters in kinds.items()},
    }


def described_pull(hub: Hub, fact: dict) -> tuple[dict, dict]:
    """The payload of a pull request's event, and the pull request."""
    repository, number = hub.repositories[fact["repository"]], fact["number"]
    pull = next(pull for pull in repository.pulls if pull["number"] == number)
    payload = {"action": fact["action"], "number": number, "pull_request": pull, **common(repository, fact["actor"])}
    return payload | {name: fact[name] for name in ("before", "after", "label") if name in fact}, pull


def pull_request(hub: Hub, fact: dict) -> Event | None:
    repository, number = hub.repositories[fact["repository"]], fact["number"]
    payload, pull = described_pull(hub, fact)
    if pull["merge_commit_sha"] is None:
        return None  # with a conflict there is no merge commit to run on
    head, base = pull["head"], pull["base"]
    source = hub.repositories[head["repo"]["full_name"]]
    ref = f"refs/pull/{number}/merge"
    changed = repository.changed(base["sha"], head["sha"])
    short = [] if source is not repository else [brief(pull)]
    facts = (pull["merge_commit_sha"], base["ref"], fact["actor"], pull["title"], head["ref"], head["sha"], source)
    return Event("pull_request", fact["action"], payload, ref, *facts, changed, short, source is not repository)


def brief(pull: dict) -> dict:
    """A pull request as workflow runs carry it."""
    sides = {side: {name: pull[side][name] for name in ("ref", "sha")} for side in ("head", "base")}
    return {"id": pull["id"], "number": pull["number"], "url": pull["url"], **sides}


def workflow_dispatch(repository: Repository, path: str, inputs: dict[str, str], actor: str) -> Event:
    """Somebody starts a workflow by hand, on the default branch."""
    branch = repository.default_branch
    sha, ref = repository.find(f"refs/heads/{branch}"), f"refs/heads/{branch}"
    payload = {"inputs": inputs, "ref": ref, "workflow": path, **common(repository, actor)}
    facts = (branch, actor, path, branch, sha, repository)
    return Event("workflow_dispatch", None, payload, ref, sha, *facts, workflow=path)


def workflow_run(hub: Hub, fact: dict) -> Event:
    """A run is requested, or completed. It runs on the default branch; for a fork, `pull_requests` is empty."""
    repository = hub.repositories[fact["repository"]]
    run = next(run for run in repository.runs if run["id"] == fact["run"])
    head = commit(repository, run["head_sha"])
    workflow = {"id": run["workflow_id"], "name": run["name"], "path": run["path"], "state": "active"}
    payload = {
        "action": fact["action"],
        "workflow_run": {
            **run,
            "head_commit": {k: head[k] for k in ("id", "tree_id", "message", "timestamp", "author")},
        },
        "workflow": workflow,
        **common(repository, fact["actor"]),
    }
    branch = repository.default_branch
    sha = repository.find(f"refs/heads/{branch}")
    facts = (run["head_branch"], fact["actor"], run["display_title"], branch, sha, repository)
    return Event("workflow_run", fact["action"], payload, f"refs/heads/{branch}", sha, *facts)
