"""The base's side of a comparison: its predictions, fetched, or made anew on the head's rows by its own model."""

import json
import shlex
import subprocess
from pathlib import Path

from mlgitops.errors import CannotCheck
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Out
from mlgitops.repository.tools import environment, last_words, tool


def fetch(repository: Repository, out: Out, commit: str, folder: Path) -> Path:
    """An output as a commit's dvc.lock has it, from this machine or else by DVC from its remote, put into `folder`."""
    target = folder / Path(out.path).name
    if not objects.copy(repository, out, target):
        command = [tool(repository.root, "dvc"), "get", ".", out.path, "--rev", commit, "-o", str(target)]
        what = f"{out.path} of {commit[:7]} could not be fetched"
        _run(repository, command, what, "Push it: dvc push at that commit")
    return target


def listing(repository: Repository, path: str, commit: str) -> dict[str, str]:
    """Path → md5 of the files of a folder, below it, as DVC's remote has them; no file is fetched."""
    command = [tool(repository.root, "dvc"), "list", "--json", "--show-hash", "--recursive", "--dvc-only"]
    what = f"The listing of {path} of {commit[:7]} could not be fetched"
    found = _run(repository, [*command, "--rev", commit, ".", path], what, "Push it: dvc push at that commit")
    return {entry["path"]: entry["md5"] for entry in json.loads(found) if entry.get("md5")}


def pull(repository: Repository, path: str) -> None:
    """The head's own output, where dvc.lock names it but the working tree lacks it."""
    command = [tool(repository.root, "dvc"), "pull", path]
    _run(repository, command, f"{path} could not be pulled", "Run dvc push where this commit was trained")


def score(repository: Repository, command: str, model: Path, out: Path) -> Path:
    """Run the project's score command: the model in the folder `model` on the current test rows, written to `out`."""
    parts = [part.replace("{model}", str(model)).replace("{out}", str(out)) for part in shlex.split(command)]
    _run(repository, parts, "The base's model could not score these rows", "See the score command in gates.yaml")
    return out


def _run(repository: Repository, command: list[str], what: str, next: str) -> str:
    try:
        done = subprocess.run(
            command, cwd=repository.root, env=environment(repository.root), capture_output=True, text=True
        )
    except OSError as error:
        raise CannotCheck(what, given=error, next=next) from error
    if done.returncode:
        raise CannotCheck(what, given=last_words((done.stderr or done.stdout).splitlines()), next=next)
    return done.stdout
