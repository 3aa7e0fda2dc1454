"""Checkouts of two commits, apart from the repository, in which their pipelines run with another seed.

DVC's cache is shared with the repository: a training that was done before, in a run that was interrupted, is not done
again.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from mlgitops.audit.remote import folder
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import load, outputs
from mlgitops.repository.storage import Storage
from mlgitops.repository.tools import environment, last_words, tool


@dataclass(frozen=True)
class Checkout:
    """A checkout of one commit; commands run in it with the project's environment and its own code."""

    tree: Repository
    project: Repository

    def train(self, param: str, seed: int, output: str) -> None:
        """Set the seed and bring the stage that makes `output` up to date."""
        self._set(param, seed)
        stages = load(self.tree, None, "dvc.yaml").get("stages", {})
        targets = [name for name, stage in stages.items() if output in outputs(stage)]
        self._run("repro", "--pull", "--allow-missing", *targets)

    def _set(self, param: str, seed: int) -> None:
        file = self.tree.root / "params.yaml"
        found = params = load(self.tree, None, file.name)
        *above, name = param.split(".")
        for key in above:
            found = found.get(key) if isinstance(found, dict) else None
        if not isinstance(found, dict) or name not in found:
            raise CannotCheck("params.yaml has no such parameter", given=param, next="Name the seed with --param")
        found[name] = seed
        file.write_text(yaml.safe_dump(params, sort_keys=False))

    def _run(self, *arguments: str) -> None:
        root = self.tree.root
        env = environment(self.project.root) | {"PYTHONPATH": str(root / "src")}  # before the installed project
        command = [tool(self.project.root, "dvc"), *arguments]
        done = subprocess.run(command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            given = last_words(done.stdout.splitlines())
            raise CannotCheck(f"Training {self.tree.rev_parse('HEAD')[:7]} again failed", given=given)


@contextmanager
def checkouts(repository: Repository, base: str, head: str) -> Iterator[list[Checkout]]:
    """Checkouts of two commits, removed in the end."""
    repository.git("worktree", "prune")  # what a killed run left behind
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("base", "head")]
        try:
            yield [_checkout(repository, path, commit) for path, commit in zip(paths, (base, head), strict=True)]
        finally:
            for path in filter(Path.exists, paths):
                repository.git("worktree", "remove", "--force", str(path))


def _checkout(repository: Repository, path: Path, commit: str) -> Checkout:
    repository.git("worktree", "add", "--quiet", "--detach", str(path), commit)
    storage, config = Storage(repository), [f"[cache]\n    dir = {repository.root / '.dvc' / 'cache'}"]
    if place := folder(repository, storage.url):  # a relative address is another one from here
        config.append(f"['remote \"{storage.name}\"']\n    url = {place.resolve()}")
    (path / ".dvc" / "config.local").write_text("\n".join(config) + "\n")
    return Checkout(Repository(path), repository)
