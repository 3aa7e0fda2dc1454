"""What a training cost is remembered by the commit that records it, and found again after merges of all kinds."""

import pytest

from mlgitops.pipeline import cost
from mlgitops.pipeline.cost import UNKNOWN, Cost
from mlgitops.report.schema import Pipeline, Stage
from mlgitops.repository.git import Repository
from tests.repositories import commit

STAGES = [
    Stage(name="validate", result="ran", seconds=600),
    Stage(name="prepare", result="cached"),
    Stage(name="train", result="ran", seconds=12.34),
]
RECORD = "Record the result of 1234567\n\nTrained by https://github.com/r/77"


def test_what_ran_is_counted_apart_from_the_validation():
    assert cost.of(Pipeline(stages=STAGES, cpu_seconds=20.06)) == Cost(seconds=12.34, cpu_seconds=20.06)
    assert cost.of(None) == cost.of(Pipeline(stages=STAGES[:2], cpu_seconds=1.0)) == UNKNOWN


def test_what_is_said_is_read_back():
    said = cost.lines(Pipeline(stages=STAGES, cpu_seconds=20.06))
    assert said == "\n\nTrain-Seconds: 12.3\nTrain-CPU-Seconds: 20.1"
    assert cost.parse(RECORD + said) == Cost(seconds=12.3, cpu_seconds=20.1)
    assert cost.lines(Pipeline(stages=STAGES[:2])) == ""


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (
            "Regularize (#7)\n\n* Regularize\n\n* Record\n\nTrain-Seconds: 3.5\r\n\nCo-authored-by: x\n",
            Cost(seconds=3.5),
        ),
        ("  Train-Seconds: 1\n  Train-CPU-Seconds: 2\n  Train-Seconds: 4\n", Cost(seconds=4.0, cpu_seconds=2.0)),
        ("Train-Seconds: NaN\nTrain-CPU-Seconds: -1\nTrain-Seconds: 1e9", UNKNOWN),
        ("The line Train-Seconds: 3 in a sentence", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_lines_are_found_wherever_a_merge_puts_them(message, found):
    assert cost.parse(message) == found


def test_the_newest_commit_with_this_very_lock_says_it(repository: Repository):
    commit(repository, {"dvc.lock": "one\n"}, f"{RECORD}\n\nTrain-Seconds: 1.0")
    commit(repository, {"dvc.lock": "two\n"}, f"{RECORD}\n\nTrain-Seconds: 2.0\nTrain-CPU-Seconds: 3.0")
    later = commit(repository, {"README.md": "more\n"}, "Write more")
    assert cost.recorded(repository, later) == Cost(seconds=2.0, cpu_seconds=3.0)
    reverted = commit(repository, {"dvc.lock": "one\n"}, "Revert")
    assert cost.recorded(repository, reverted) == Cost(seconds=1.0)
    assert cost.recorded(repository, commit(repository, {"dvc.lock": "by hand\n"})) == UNKNOWN


def test_a_merge_leads_to_the_branch_that_was_trained(repository: Repository):
    commit(repository, {"dvc.lock": "one\n"}, f"{RECORD}\n\nTrain-Seconds: 1.0")
    repository.git("checkout", "--quiet", "-b", "change")
    commit(repository, {"dvc.lock": "two\n"}, f"{RECORD}\n\nTrain-Seconds: 2.0")
    repository.git("checkout", "--quiet", "-")
    commit(repository, {"README.md": "meanwhile\n"})
    repository.git("merge", "--quiet", "--no-ff", "-m", "Merge", "change")
    assert cost.recorded(repository, "HEAD") == Cost(seconds=2.0)


def test_without_any_lock_nothing_is_known(repository: Repository):
    assert cost.recorded(repository, "HEAD") == UNKNOWN
