"""A commit on a branch, made through the API: it is signed by GitHub and needs no clone."""

import hashlib
from urllib.parse import quote

from mlgitops.github.api import Api, Refused

RECORD = "Record the result of"  # how the message of a recording commit begins


def create(api: Api, *, branch: str, parent: str, files: dict[str, bytes], message: str) -> str | None:
    """Commit `files` on top of `parent`; the new commit's id, or None where the branch has moved meanwhile."""
    commit = make(api, parent=parent, files=files, message=message)
    try:
        api.call("PATCH", f"git/refs/heads/{quote(branch)}", json={"sha": commit, "force": False})
    except Refused as refused:
        if refused.status == 422:  # not a fast-forward
            return None
        raise
    return commit


def make(api: Api, *, parent: str, files: dict[str, bytes], message: str) -> str:
    """The same on no branch yet; the new commit's id."""
    tree = api.call("GET", f"git/commits/{parent}")["tree"]["sha"]
    entries = [
        {"path": path, "mode": "100644", "type": "blob", "content": data.decode()} for path, data in files.items()
    ]
    made = api.call("POST", "git/trees", json={"base_tree": tree, "tree": entries})["sha"]
    return api.call("POST", "git/commits", json={"message": message, "tree": made, "parents": [parent]})["sha"]


def recorded(api: Api, sha: str) -> str | None:
    """The commit whose result `sha` records; None for a commit that this job did not make, however it looks.

    GitHub signs what a job's token commits through the API; nobody else can have its signature and a bot's name.
    """
    found = api.call("GET", f"commits/{sha}")
    by_bot = (found["author"] or {}).get("type") == "Bot" and found["commit"]["verification"]["verified"]
    (parent, *more) = [one["sha"] for one in found["parents"]] or [""]
    named = found["commit"]["message"].startswith(f"{RECORD} {parent[:7]}\n")
    return parent if by_bot and named and not more else None


def holds(api: Api, sha: str, path: str, data: bytes) -> bool:
    """Whether a file of a commit has these bytes, told by git's hash of them."""
    return api.call("GET", f"contents/{path}", params={"ref": sha})["sha"] == blob(data)


def blob(data: bytes) -> str:
    """Git's hash of a file's bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
