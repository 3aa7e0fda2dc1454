"""What the project's python runs, which need not have mlgitops: DVC's own client of a remote, asked in bulk.

Usage: python -c "$(cat probe.py)" OPERATION REMOTE, with JSON on stdin; answers are lines of JSON, the first one as
soon as the remote has answered. The last one may be why it can't go on.
"""

import base64
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

CHUNK = 1 << 20
NO_CREDENTIALS = re.compile(
    r"credential|\b40[13]\b|denied|forbidden|unauthori[sz]ed|authenticat|expiredtoken|invalidtoken"
)
SECRET = re.compile(r"key|secret|token|password|credential|connection_string", re.IGNORECASE)


def nothing(odb, _) -> tuple[()]:
    """That it answers is enough."""
    return ()


def sizes(odb, _) -> Iterator[dict[str, int]]:
    """All objects that are there, in one listing."""
    found = odb.fs.fs.find(odb.path, detail=True)
    yield {"".join(odb.fs.parts(path)[-2:]): entry["size"] for path, entry in found.items()}


def read(odb, names: list[str]) -> Iterator[list[str]]:
    for name in names:
        yield [name, base64.b64encode(odb.fs.cat_file(odb.oid_to_path(name))).decode()]


def hashes(odb, names: list[str]) -> Iterable[list[str]]:
    with ThreadPoolExecutor(odb.fs.jobs) as pool:
        yield from pool.map(lambda name: [name, _md5(odb, name)], names)


def put(odb, sources: dict[str, str]) -> Iterator[int]:
    """By DVC's own upload, whatever is there; the listings of folders last."""
    from dvc.fs import localfs

    for is_listing in (False, True):
        if names := [name for name in sources if name.endswith(".dir") is is_listing]:
            yield odb.add([sources[name] for name in names], localfs, names, check_exists=False, verify=False)


def _md5(odb, name: str) -> str:
    """Of the bytes as they come back; empty where they do not."""
    found = hashlib.md5(usedforsecurity=False)
    try:
        with odb.fs.open(odb.oid_to_path(name), "rb") as file:
            while block := file.read(CHUNK):
                found.update(block)
    except FileNotFoundError:
        return ""
    return found.hexdigest()


def opened(remote: str):
    """The remote's objects, once it has answered; a bucket without any is one, a bucket that is not there is none."""
    from dvc.repo import Repo

    odb = Repo().cloud.get_remote_odb(remote)
    if not odb.fs.CAN_TRAVERSE:
        raise NotImplementedError(f"{odb.fs.protocol} has no listing")
    try:
        odb.fs.ls(odb.path)
    except FileNotFoundError:
        odb.fs.ls(odb.fs.parts(odb.path)[0])
    return odb


def problem(error: BaseException) -> str:
    """What kind it is, by the whole chain of errors: libraries wrap them."""
    chain = [error]
    while following := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(following)
    if any(isinstance(each, PermissionError) or NO_CREDENTIALS.search(_words(each)) for each in chain):
        return "refused"
    lost = (ConnectionError, TimeoutError)
    if any(isinstance(each, lost) or re.search(r"connect|timeout|timed out|resolve", _words(each)) for each in chain):
        return "unreachable"
    return "unreadable"


def _words(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".lower()


def said(error: BaseException) -> str:
    """One line, without any secret of the environment or the remote's address."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    for name, value in os.environ.items():
        if SECRET.search(name) and len(value) > 3:
            text = text.replace(value, "…")
    return re.sub(r"//[^/@\s]+@", "//…@", text)[:300]


def say(answer: object) -> None:
    print(json.dumps(answer), flush=True)


def main(operation: str, remote: str) -> None:
    try:
        odb = opened(remote)
        say("open")
        for answer in OPERATIONS[operation](odb, json.load(sys.stdin)):
            say(answer)
    except Exception as error:  # of whatever library speaks to this kind of remote
        say({"problem": problem(error), "said": said(error)})


OPERATIONS = {"nothing": nothing, "sizes": sizes, "read": read, "hashes": hashes, "put": put}

if __name__ == "__main__":
    main(*sys.argv[1:])
