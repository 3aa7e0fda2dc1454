"""A bundle that the real DVC made of a file, stored on the storage branch and pushed."""

import subprocess

from mlgitops.pipeline.repro import repro
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock
from mlgitops.repository.storage import Storage
from mlgitops.repository.tools import environment
from tests.repositories import commit

YAML = "stages:\n  package:\n    cmd: cp -r source models/m\n    deps: [source]\n    outs: [models/m]\n"
NAME, PATH = "m", "models/m"


def train(repository: Repository, content: str) -> str:
    """Make a bundle with the real DVC, store and push it; its digest."""
    store = Storage(repository)
    store.attach()
    (repository.root / "models").mkdir(exist_ok=True)
    commit(repository, {"dvc.yaml": YAML, "source/a": content, "source/b": "same", "models/.gitignore": "/m\n"})
    assert repro(repository)[1] == 0
    subprocess.run(["dvc", "push", "-q"], cwd=repository.root, env=environment(repository.root), check=True)
    store.push()
    commit(repository, {}, "Train")
    repository.git("push", "--quiet", "origin", "HEAD:main")
    return Lock.read(repository, "HEAD").outs[PATH].digest
