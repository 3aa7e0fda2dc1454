"""The primary metric along the merges to main, and what production serves."""

from pathlib import Path

import pytest

from mlgitops.compare import history, production
from mlgitops.compare.commits import Commits
from mlgitops.compare.gates import parse
from mlgitops.report.schema import Served
from mlgitops.repository.git import Repository
from tests.repositories import commit

GATES = b"{name: m, task: binary, model: out/m, predictions: p, metrics: {roc_auc: {role: primary, margin: 0.1}}}"
PRODUCTION = """
service: team.service
address: 127.0.0.1:8080
endpoints:
  late:
    routes: [{model: m@v0.1.0, weight: 90}, {model: m@v0.2.0, weight: 10}]
  other:
    routes: [{model: n@v0.1.0}]
"""
LOCK = "stages: {train: {outs: [{path: out/m, md5: %s.dir, size: 9}, {path: models/n, md5: %s.dir, size: 9}]}}\n"


def sides(repository: Repository) -> Commits:
    return Commits(repository, parse(GATES), "gates.yaml", repository.rev_parse("HEAD"), "main")


def metrics(value: object) -> dict[str, str]:
    return {"reports/metrics.json": f'{{"rows": 9, "roc_auc": {value}}}'}


def test_merges_come_oldest_first_and_only_with_a_number(repository: Repository):
    first = commit(repository, metrics(0.7))
    for text in ('"0.8"', "NaN", "true", "null", "1e400"):
        commit(repository, metrics(text))
    commit(repository, {"reports/metrics.json": '{"f1": 1}'})
    commit(repository, {"reports/metrics.json": "["})
    commit(repository, {"reports/metrics.json": ""})
    (repository.root / "reports/metrics.json").unlink()
    commit(repository, {})
    commit(repository, {"README.md": "words\n"})
    last = commit(repository, metrics(1))
    found = history.merges(sides(repository))
    assert [(merge.commit, merge.value) for merge in found] == [(first, 0.7), (last, 1.0)]


def test_a_branch_counts_once_as_its_merge(repository: Repository):
    commit(repository, metrics(0.5))
    repository.git("checkout", "--quiet", "-b", "change")
    for value in (0.6, 0.7):
        commit(repository, metrics(value))
    repository.git("checkout", "--quiet", "-")
    repository.git("merge", "--quiet", "--no-ff", "-m", "Merge", "change")
    assert [merge.value for merge in history.merges(sides(repository))] == [0.5, 0.7]


def test_only_the_last_merges_are_shown(repository: Repository):
    for number in range(22):
        commit(repository, metrics(number))
    assert [merge.value for merge in history.merges(sides(repository))] == list(range(3, 22))


def test_no_record_is_no_history(repository: Repository):
    assert history.merges(sides(repository)) == []


def test_routes_are_told_with_what_was_registered(repository: Repository):
    first, other = "1" * 32, "2" * 32
    commit(repository, metrics(0.7) | {"dvc.lock": LOCK % (first, other)})
    for tag in ("m@v0.1.0", "n@v0.1.0"):
        repository.git("tag", "-m", "digest", tag)
    commit(repository, metrics(0.9) | {"environments/production.yaml": PRODUCTION})
    assert production.served(repository, "HEAD", parse(GATES)) == [
        Served(endpoint="late", version="m@v0.1.0", weight=0.9, digest=f"md5:{first}", value=0.7),
        Served(endpoint="late", version="m@v0.2.0", weight=0.1),  # its tag is not known here
        Served(endpoint="other", version="n@v0.1.0", weight=1.0, digest=f"md5:{other}"),
    ]


@pytest.mark.parametrize("content", [None, "endpoints: {}\n", "service: [", PRODUCTION.replace("late:", "-late:")])
def test_where_nothing_is_deployed_from_here_nothing_is_said(repository: Repository, content: str | None):
    commit(repository, {str(Path(production.PATH)): content} if content else {})
    assert production.served(repository, "HEAD", parse(GATES)) == []
