"""The git database: blobs, trees, commits and refs, written through the API."""

from __future__ import annotations

import base64
import binascii
import subprocess

from loopback import pulls
from loopback.repository import IDENTITY, ZERO, GitError
from loopback.rest.call import Answer, Call, Refused, route
from loopback.rest.commits import git_commit

READ, WRITE = "contents: read", "contents: write"


@route("POST", "/git/blobs", WRITE)
def create_blob(call: Call) -> dict:
    content = call.wanted("content")[0]
    try:
        data = base64.b64decode(content) if call.body.get("encoding") == "base64" else content.encode()
    except binascii.Error:
        raise Refused(422, "content is not valid Base64") from None
    sha = call.repository.git("hash-object", "-w", "--stdin", stdin=data)
    return {"sha": sha, "url": f"https://api.github.com/repos/{call.repository.name}/git/blobs/{sha}"}


@route("GET", "/git/blobs/{sha}", READ)
def get_blob(call: Call) -> dict:
    sha = call.repository.find(call.path["sha"], "blob")
    if sha is None:
        raise Refused(404, "Not Found")
    data = subprocess.check_output(["git", "-C", call.repository.path, "cat-file", "blob", sha])
    return {"sha": sha, "size": len(data), "encoding": "base64", "content": base64.encodebytes(data).decode()}


@route("POST", "/git/trees", WRITE)
def create_tree(call: Call) -> dict:
    """A tree of entries over base_tree: path, mode, type and sha or inline content; sha null removes."""
    git, index = call.repository.git, {"GIT_INDEX_FILE": str(call.hub.root / f"index-{call.hub.next_id()}")}
    if call.body.get("base_tree"):
        git("read-tree", call.body["base_tree"], env=index)
    try:
        git("update-index", "--index-info", stdin="".join(map(line(call), call.wanted("tree")[0])), env=index)
        sha = git("write-tree", env=index)
    except GitError as error:
        raise Refused(422, f"Invalid tree info: {error}") from None
    return {"sha": sha, "tree": entries(call, sha), "truncated": False}


def line(call: Call):
    def formed(entry: dict) -> str:
        if "content" in entry:
            sha = call.repository.git("hash-object", "-w", "--stdin", stdin=entry["content"])
        else:
            sha = entry.get("sha") or ZERO
        return f"{entry.get('mode', '100644') if sha != ZERO else 0} {sha}\t{entry['path']}\n"

    return formed


def entries(call: Call, sha: str, *flags: str) -> list[dict]:
    found = []
    for item in call.repository.git("ls-tree", "-l", "-z", *flags, sha).split("\0")[:-1]:
        facts, path = item.split("\t")
        mode, kind, entry, size = facts.split()
        entry = {"path": path, "mode": mode, "type": kind, "sha": entry}
        found.append(entry | ({"size": int(size)} if kind == "blob" else {}))
    return found


@route("GET", "/git/trees/{sha:path}", READ)
def get_tree(call: Call) -> dict:
    sha = call.repository.find(call.path["sha"], "tree")
    if sha is None:
        raise Refused(404, "Not Found")
    flags = ("-r", "-t") if "recursive" in call.query else ()
    return {"sha": sha, "tree": entries(call, sha, *flags), "truncated": False}


@route("POST", "/git/commits", WRITE)
def create_commit(call: Call) -> dict:
    message, tree = call.wanted("message", "tree")
    parents = [flag for parent in call.body.get("parents", ()) for flag in ("-p", parent)]
    person = {"NAME": call.token.login, "EMAIL": f"{call.token.login}@users.noreply.github.com"}
    who = IDENTITY | {f"GIT_AUTHOR_{field}": value for field, value in person.items()}
    for role in ("author", "committer"):
        given = call.body.get(role) or call.body.get("author") or {}
        who |= {f"GIT_{role.upper()}_{field.upper()}": value for field, value in given.items()}
    try:
        sha = call.repository.git("commit-tree", tree, *parents, "-m", message, env=who)
    except GitError as error:
        raise Refused(422, str(error)) from None
    if call.token.workflow and not {"author", "committer"} & set(call.body):
        call.repository.signed.append(sha)
    return git_commit(call.repository, sha)


def described(call: Call, ref: str) -> dict:
    sha = call.repository.git("rev-parse", ref)
    kind = call.repository.git("cat-file", "-t", sha)
    base = f"https://api.github.com/repos/{call.repository.name}/git"
    return {
        "ref": ref,
        "url": f"{base}/{ref}",
        "object": {"sha": sha, "type": kind, "url": f"{base}/{kind}s/{sha}"},
    }


@route("GET", "/git/ref/{ref:path}", READ)
def get_ref(call: Call) -> dict:
    ref = f"refs/{call.path['ref']}"
    if ref not in call.repository.refs():
        raise Refused(404, "Not Found")
    return described(call, ref)


@route("GET", "/git/matching-refs/{prefix:path}", READ)
def matching_refs(call: Call) -> Answer:
    refs = [ref for ref in call.repository.refs() if ref.startswith(f"refs/{call.path['prefix']}")]
    return call.page([described(call, ref) for ref in refs])


@route("POST", "/git/refs", WRITE)
def create_ref(call: Call) -> dict:
    ref, sha = call.wanted("ref", "sha")
    if not ref.startswith(("refs/heads/", "refs/tags/")):
        raise Refused(422, f"{ref} is not a valid ref name.")
    if ref in call.repository.refs():
        raise Refused(422, "Reference already exists")
    return moved(call, ref, ZERO, sha)


@route("PATCH", "/git/refs/{ref:path}", WRITE)
def update_ref(call: Call) -> Answer:
    ref, sha = f"refs/{call.path['ref']}", call.wanted("sha")[0]
    before = call.repository.refs().get(ref)
    if before is None:
        raise Refused(422, "Reference does not exist")
    if call.repository.find(sha, "object") is None:
        raise Refused(422, "Object does not exist")
    if not call.body.get("force") and not call.repository.is_ancestor(before, sha):
        raise Refused(422, "Update is not a fast forward")
    return Answer(moved(call, ref, before, sha))


@route("DELETE", "/git/refs/{ref:path}", WRITE)
def delete_ref(call: Call) -> Answer:
    ref = f"refs/{call.path['ref']}"
    before = call.repository.refs().get(ref)
    if before is None:
        raise Refused(422, "Reference does not exist")
    call.repository.set_ref(ref, None)
    pulls.moved(call.hub, call.repository, ref, before, ZERO, call.token)
    return Answer(None, 204)


def moved(call: Call, ref: str, before: str, sha: str) -> dict:
    if call.repository.find(sha, "object") is None:
        raise Refused(422, "Object does not exist")
    call.repository.set_ref(ref, sha)
    pulls.moved(call.hub, call.repository, ref, before, sha, call.token)
    return described(call, ref)
