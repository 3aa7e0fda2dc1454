"""The files of an output at a revision, by the listing that DVC keeps: on this machine, or else in the remote."""

import json
import subprocess

from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out
from mlgitops.repository.tools import environment, tool


def members(repository: Repository, rev: str, out: Out) -> dict[str, str]:
    """Path → md5 of an output's files (a single file's is `.`); empty where nobody has the listing."""
    return objects.members(repository, out) or _asked(repository, rev, out)


def _asked(repository: Repository, rev: str, out: Out) -> dict[str, str]:
    command = [tool(repository.root, "dvc"), "ls", ".", out.path, "--rev", rev, "-R", "--json", "--show-hash"]
    done = subprocess.run(
        command, cwd=repository.root, env=environment(repository.root), capture_output=True, text=True
    )
    return {} if done.returncode else {each["path"]: each["md5"] for each in json.loads(done.stdout) if each["md5"]}
