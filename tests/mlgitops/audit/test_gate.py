"""The audit in a pull request: what could not be asked is said, and does not end the comparison."""

import hashlib
import shutil

from mlgitops.audit import audit, gate
from tests.mlgitops.audit.remotes import Hand
from tests.repositories import WorkingTree

Stored = tuple[WorkingTree, Hand]


def test_a_gate_without_the_storage_branch_at_hand_is_none(in_branch: Stored) -> None:
    project = in_branch[0].repository
    assert gate.audit(project, "HEAD").objects == 8
    shutil.rmtree(project.root / ".dvc/storage")
    assert gate.audit(project, "HEAD") is None and audit(project).lost == []


def test_a_gate_counts_what_the_report_is_still_to_push_and_an_audit_does_not(in_branch: Stored) -> None:
    project, _ = in_branch
    project.write("data/raw/d", "d\n")
    project.must("dvc", "add", "--quiet", "data/raw")
    project.must("dvc", "push", "--quiet")
    assert gate.audit(project.repository, None).lost == []
    assert [lost.path for lost in audit(project.repository, None).lost] == ["data/raw", "data/raw/d"]


def test_a_gate_says_what_is_lost_though_another_remote_is_not_at_hand(
    in_folder: Stored,
) -> None:
    project, hand = in_folder
    shutil.rmtree(project.root.parent / "other")
    report = gate.audit(project.repository, "HEAD")
    assert (report.remote, report.is_listed, report.problem, report.objects) == ("other", False, "", 7)
    hand.delete(hashlib.md5(b"b\n").hexdigest())
    report = gate.audit(project.repository, "HEAD")
    assert report.is_listed and [lost.path for lost in report.lost] == ["data/raw/b"]
