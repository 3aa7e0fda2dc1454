from collections.abc import Callable

import pytest

from mlgitops.github.event import PullRequest
from mlgitops.repository.git import Repository
from mlgitops.repository.scope import fetch_base, touched
from mlgitops.repository.storage import Storage
from tests.repositories import commit

YAML = "stages:\n  train:\n    cmd: python -m x.train\n    deps: [src/x/train.py, data/raw]\n"


@pytest.fixture
def base(repository: Repository) -> str:
    return commit(repository, {"dvc.yaml": YAML, "src/x/train.py": "", "docs/a.md": ""})


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("docs/a.md", False),
        ("environments/production.yaml", False),
        ("src/x/train.py", True),
        ("data/raw/2013-07.parquet", True),
        ("data/raw.dvc", True),
        ("gates.yaml", True),
        ("params.yaml", True),
    ],
)
def test_only_what_a_stage_reads_or_a_gate_is_made_of_counts(
    repository: Repository, base: str, path: str, counts: bool
) -> None:
    commit(repository, {path: "changed: 1\n"})
    assert touched(repository, base) == ([path] if counts else [])


def test_a_dependency_that_the_pull_request_removes_still_counts(repository: Repository, base: str) -> None:
    commit(repository, {"dvc.yaml": YAML.replace("src/x/train.py, ", ""), "src/x/train.py": "x = 1\n"})
    assert touched(repository, base) == ["dvc.yaml", "src/x/train.py"]


def test_a_shallow_checkout_gets_both_histories_and_not_the_stored_data(
    repository: Repository, base: str, clone: Callable[..., Repository]
) -> None:
    store = Storage(repository)
    store.attach()
    (store.path / "object").write_text("data\n")
    store.push()
    repository.git("tag", "m@v0.1.0")
    repository.git("push", "--quiet", "origin", "HEAD:main", "m@v0.1.0")
    commit(repository, {"docs/a.md": "one\n"})
    commit(repository, {"docs/a.md": "two\n"})
    repository.git("push", "--quiet", "origin", "HEAD:refs/heads/change", "HEAD:refs/pull/1/head")
    job = clone("job", "--depth", "1", "--branch", "change")
    found = fetch_base(job, PullRequest(number=1, head="", base="main"))
    assert job.merge_base(found, "HEAD") == base
    assert touched(job, found) == []
    assert job.rev_parse("m@v0.1.0") == base
    assert job.try_git("cat-file", "-e", store.tree.rev_parse("HEAD")).returncode != 0
