"""A commit on a branch, made through the API: it is signed by GitHub and needs no clone."""

from urllib.parse import quote

from mlgitops.github.api import Api, Refused


def create(api: Api, *, branch: str, parent: str, files: dict[str, bytes], message: str) -> str | None:
    """Commit `files` on top of `parent`; the new commit's id, or None where the branch has moved meanwhile."""
    tree = api.call("GET", f"git/commits/{parent}")["tree"]["sha"]
    entries = [
        {"path": path, "mode": "100644", "type": "blob", "content": data.decode()} for path, data in files.items()
    ]
    made = api.call("POST", "git/trees", json={"base_tree": tree, "tree": entries})["sha"]
    commit = api.call("POST", "git/commits", json={"message": message, "tree": made, "parents": [parent]})["sha"]
    try:
        api.call("PATCH", f"git/refs/heads/{quote(branch)}", json={"sha": commit, "force": False})
    except Refused as refused:
        if refused.status == 422:  # not a fast-forward
            return None
        raise
    return commit
