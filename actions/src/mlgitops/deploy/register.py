"""The next version of a model, as a git tag that exists only when its bundle can be fetched back whole."""

import random
import re
import subprocess
import tempfile
import time
from pathlib import Path

from mlgitops.deploy import bundle
from mlgitops.errors import CannotCheck
from mlgitops.pipeline.tools import environment, tool
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock, Out
from mlgitops.repository.storage import IDENTITY

FIRST = (0, 1, 0)
ATTEMPTS = 8
VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)")
DIGEST = re.compile(r"^digest: (md5:[0-9a-f]{32})$", re.MULTILINE)

Version = tuple[int, int, int]


def register(repository: Repository, name: str, path: str) -> tuple[str, bool]:
    """Register the bundle that HEAD's dvc.lock records at `path`; the tag, and whether it is new.

    A digest that the newest version has already is not registered again, so that the same merge may be handled
    twice. Concurrent registrations race for the same tag: the server takes one, the others take the next.
    CheckFailed where the remote lacks the bundle or has other bytes.
    """
    out = Lock.read(repository, "HEAD").outs.get(path)
    if out is None:
        raise CannotCheck("dvc.lock records no bundle", given=path, next="Run make train and commit dvc.lock")
    audited = False
    for attempt in range(ATTEMPTS):
        known = versions(repository, name)
        if known and known[max(known)] == out.digest:
            return tag(name, max(known)), False
        if not audited:
            with tempfile.TemporaryDirectory() as folder:
                bundle.fetch(repository, path=path, rev="HEAD", expected=out.digest, folder=Path(folder))
            audited = True
        following = next_version(max(known, default=None))
        if _push(repository, name, following, out):
            return tag(name, following), True
        time.sleep(random.uniform(0, 0.2 * 2**attempt))
    raise CannotCheck(f"No version could be registered in {ATTEMPTS} tries", given=name, next="Run the job again")


def versions(repository: Repository, name: str) -> dict[Version, str]:
    """Version → digest of every registered version, as origin has them."""
    pattern = f"refs/tags/{name}@v*"
    if repository.has_remote():
        repository.git("fetch", "--quiet", "--no-tags", "origin", f"{pattern}:{pattern}")
    lines = repository.git("for-each-ref", "--format=%(refname:short)%00%(contents)%01", pattern).split("\x01")
    found = {}
    for ref, message in (line.strip().split("\0") for line in lines if line.strip()):
        version, digest = VERSION.fullmatch(ref.rpartition("@")[2]), DIGEST.search(message)
        if version and digest:
            found[(int(version[1]), int(version[2]), int(version[3]))] = digest[1]
    return found


def next_version(newest: Version | None) -> Version:
    return (newest[0], newest[1], newest[2] + 1) if newest else FIRST


def tag(name: str, version: Version) -> str:
    return f"{name}@v{version[0]}.{version[1]}.{version[2]}"


def _push(repository: Repository, name: str, version: Version, out: Out) -> bool:
    """Make the tag and push it; where the server refuses it, no trace of it stays here."""
    label = tag(name, version)
    command = [tool(repository.root, "gto"), "register", name, "HEAD", "--version", label.rpartition("@")[2]]
    command += ["--message", f"{label}\n\ndigest: {out.digest}\npath: {out.path}"]
    done = subprocess.run(
        command, cwd=repository.root, env=environment(repository.root) | _identity(), capture_output=True, text=True
    )
    if done.returncode:
        raise CannotCheck("gto could not make the tag", given=(done.stderr or done.stdout).strip()[-300:])
    if not repository.has_remote():
        return True
    pushed = repository.try_git("push", "--quiet", "origin", f"refs/tags/{label}")
    if pushed.returncode:
        repository.git("tag", "--delete", label)
    return pushed.returncode == 0


def _identity() -> dict[str, str]:
    """Who makes the tag, where git has not been told."""
    name, email = (setting.partition("=")[2] for setting in IDENTITY[1::2])
    return {"GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email}
