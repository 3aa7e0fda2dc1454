import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlgitops.deploy.register import next_version, register, versions
from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.pipeline.repro import repro
from mlgitops.pipeline.tools import environment
from mlgitops.repository.git import Repository
from mlgitops.repository.lock import Lock
from mlgitops.repository.storage import Storage
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


@pytest.mark.parametrize(("newest", "following"), [(None, (0, 1, 0)), ((0, 1, 9), (0, 1, 10)), ((2, 0, 0), (2, 0, 1))])
def test_versions_follow_each_other(newest, following) -> None:
    assert next_version(newest) == following


@pytest.mark.slow
def test_versions_are_tags_that_name_the_digest(repository: Repository, clone: Callable[..., Repository]) -> None:
    first = train(repository, "one")
    job = clone("job", "--depth", "1", "--single-branch")
    Storage(job).attach()
    assert register(job, NAME, PATH) == ("m@v0.1.0", True)
    assert register(job, NAME, PATH) == ("m@v0.1.0", False)
    second = train(repository, "two")
    later = clone("later", "--depth", "1", "--single-branch")
    Storage(later).attach()
    assert register(later, NAME, PATH) == ("m@v0.1.1", True)
    assert versions(later, NAME) == {(0, 1, 0): first, (0, 1, 1): second}


@pytest.mark.slow
def test_concurrent_registrations_get_versions_of_their_own(repository: Repository, clone) -> None:
    jobs = []
    for content in ("one", "two", "three"):
        train(repository, content)
        jobs.append(clone(content, "--depth", "1", "--single-branch"))
        Storage(jobs[-1]).attach()
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda job: register(job, NAME, PATH)[0], jobs))
    assert sorted(made) == ["m@v0.1.0", "m@v0.1.1", "m@v0.1.2"]
    for job, tag in zip(jobs, made, strict=True):
        there = {line.rpartition("/")[2] for line in job.git("ls-remote", "--tags", "origin").splitlines()}
        assert set(job.git("tag").splitlines()) <= there
        assert job.rev_parse(tag) == job.rev_parse("HEAD")


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["missing", "other bytes"])
def test_a_bundle_that_cannot_be_had_gets_no_tag(repository: Repository, damage: str) -> None:
    train(repository, "one")
    objects = filter(Path.is_file, (repository.root / ".dvc/storage/files").rglob("*"))
    victim = next(path for path in objects if path.read_bytes() == b"one")
    victim.chmod(0o644)
    if damage == "missing":
        victim.unlink()
    else:
        victim.write_bytes(b"eno")
    with pytest.raises(CheckFailed, match="can't be fetched|is not the registered one"):
        register(repository, NAME, PATH)
    assert repository.git("tag") == ""


def test_nothing_trained_is_said(repository: Repository) -> None:
    with pytest.raises(CannotCheck, match=r"records no bundle: models/m\. Run make train"):
        register(repository, NAME, PATH)
