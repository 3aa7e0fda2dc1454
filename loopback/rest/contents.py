"""Files of a commit."""

from __future__ import annotations

from dataclasses import replace

from loopback.rest.call import Call, Refused, route
from loopback.rest.database import get_blob


@route("GET", "/contents/{path:path}", "contents: read")
def get(call: Call) -> dict:
    """A file, Base64-encoded."""
    commit = call.repository.find(call.query.get("ref", call.repository.default_branch))
    sha = commit and call.repository.blob(commit, call.path["path"])
    if sha is None:
        raise Refused(404, "Not Found")
    path = call.path["path"]
    blob = get_blob(replace(call, path={"sha": sha}))
    return {"type": "file", "name": path.rpartition("/")[2], "path": path, **blob}
