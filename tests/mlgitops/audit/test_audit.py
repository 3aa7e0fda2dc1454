"""What is lost is named, whatever kind of remote lost it, and comes back from a machine that has it whole."""

import hashlib
import re
import shutil

import pytest

from mlgitops.audit.wanted import named
from mlgitops.repository.git import Repository
from tests.mlgitops.audit.remotes import Hand
from tests.repositories import WorkingTree

pytestmark = pytest.mark.slow

Stored = tuple[WorkingTree, Hand]
B = hashlib.md5(b"b\n").hexdigest()  # of data/raw/b
OBJECTS = 1 + 2 + 1 + 3 + 1  # two listings and their members, and an output in a remote of its own


def audit(project: WorkingTree, *options: str, exit_code: int = 0) -> str:
    """What the verb says, its columns a blank apart, of which there is never a traceback."""
    done = project.run("mlgitops", "audit", *options, COLUMNS="200")
    said = re.sub(" +", " ", done.stdout + done.stderr)
    assert done.returncode == exit_code, said
    assert "Traceback" not in said
    return said


def listing(project: WorkingTree, path: str) -> str:
    return next(outs[path].md5 for outs in named(project.repository).values() if path in outs)


def forget(project: WorkingTree, md5: str, file: str = "") -> None:
    """As on a machine that never had it."""
    for place in (project.root / ".dvc").glob(f"*/files/md5/{md5[:2]}/{md5[2:]}"):
        place.chmod(0o644)
        place.unlink()
    if file:
        (project.root / file).unlink()


def test_what_was_pushed_is_there_whole(stored: Stored) -> None:
    project, _ = stored
    assert f"{OBJECTS} objects whole in " in audit(project)
    assert f"{OBJECTS} objects whole in " in audit(project, "--deep")
    assert audit(project, "--repair").startswith("Objects put back from this machine: 0.\n")


@pytest.mark.fault(
    "missing object", "`mlgitops audit` names it, and `--repair` brings it back from a machine that has it"
)
def test_a_missing_file_is_named_and_comes_back(stored: Stored) -> None:
    project, hand = stored
    name = listing(project, "data/raw")
    hand.delete(name)
    said = audit(project, exit_code=1)
    assert f"data/raw {name} missing" in said and "data/raw …: run mlgitops audit --repair here" in said
    assert "Objects put back from this machine: 1." in audit(project, "--repair")
    assert hashlib.md5(hand.read(name)).hexdigest() + ".dir" == name
    assert "put back from this machine: 0." in audit(project, "--repair")


@pytest.mark.fault(
    "missing directory member", "`mlgitops audit` names it, although `dvc push` says that all is up to date"
)
def test_a_missing_member_is_named_and_comes_back(stored: Stored) -> None:
    project, hand = stored
    hand.delete(B)
    assert f"data/raw/b {B} missing" in audit(project, exit_code=1)
    project.must("dvc", "push")
    audit(project, exit_code=1)  # still
    audit(project, "--repair")
    assert hand.read(B) == b"b\n"


@pytest.mark.fault("truncated object", "`mlgitops audit` names it by its size, and `--repair` replaces it")
def test_a_truncated_object_is_named_by_its_size(stored: Stored) -> None:
    project, hand = stored
    hand.write(B, b"")
    said = audit(project, exit_code=1)
    assert f"data/raw {listing(project, 'data/raw')} another size" in said  # DVC records the sum of the members
    assert f"data/raw/b {B} other bytes" in audit(project, "--deep", exit_code=1)
    audit(project, "--repair")
    assert hand.read(B) == b"b\n"


@pytest.mark.fault(
    "bit-flip in the remote",
    "`mlgitops audit --deep` reads every byte back and names the object; `--repair` replaces it",
)
def test_a_flipped_bit_is_seen_by_the_hash_alone(stored: Stored) -> None:
    project, hand = stored
    hand.write(B, b"c\n")
    audit(project)
    assert f"data/raw/b {B} other bytes" in audit(project, "--deep", exit_code=1)
    assert project.run("mlgitops", "audit", MLGITOPS_DEEP="true").returncode == 1  # as the action asks for it
    assert "Objects put back from this machine: 1." in audit(project, "--repair")
    assert hand.read(B) == b"b\n"
    assert "put back from this machine: 0." in audit(project, "--repair")


@pytest.mark.fault(
    "bit-flip in the cache", "the harmed copy is never uploaded: `mlgitops audit --repair` says so, exit 1"
)
def test_a_harmed_copy_is_not_put_back(stored: Stored) -> None:
    project, hand = stored
    hand.delete(B)
    for copy in (project.root / ".dvc").glob(f"*/files/md5/{B[:2]}/{B[2:]}"):
        copy.chmod(0o644)
        copy.write_bytes(b"d\n")
    (project.root / "data/raw/b").unlink()
    said = audit(project, "--repair", exit_code=1)
    assert "Objects put back from this machine: 0." in said
    assert "data/raw/b …: the copy on this machine is harmed, too: run mlgitops audit --repair on the machine" in said


def test_what_is_only_in_the_working_tree_comes_back(in_folder: Stored) -> None:
    project, hand = in_folder
    hand.delete(B)
    forget(project, B)
    project.write("data/raw/b", "b\n")
    audit(project, "--repair")
    assert hand.read(B) == b"b\n"


def test_the_machine_that_has_it_is_named(in_folder: Stored) -> None:
    project, hand = in_folder
    brought = project.must("git", "log", "-1", "--format=%h (%an, %as)", "--", "data/raw.dvc").strip()
    hand.delete(B)
    forget(project, B, "data/raw/b")
    project.commit("Another one")
    Repository(project.root.parent).git("clone", "--quiet", "--depth", "1", f"file://{project.root}", "shallow")
    said = audit(project, exit_code=1)
    assert f"data/raw/b …: run mlgitops audit --repair on the machine that made commit {brought}" in said
    shallow = WorkingTree(project.root.parent / "shallow")
    assert f"the commit that git log -S{listing(project, 'data/raw')} names in a full clone" in audit(
        shallow, exit_code=1
    )
    (project.root / "data/raw.dvc").unlink()
    project.commit("Without it")
    audit(project)
    assert "run mlgitops audit --repair --rev HEAD~1 on" in audit(project, "--rev", "HEAD~1", exit_code=1)


def test_a_listing_is_not_put_back_without_its_members(in_folder: Stored) -> None:
    """dvc push takes for granted that all of a folder is there where its listing is: it would never mend it."""
    project, hand = in_folder
    name = listing(project, "data/raw")
    hand.delete(name)
    hand.delete(B)
    forget(project, B, "data/raw/b")
    said = audit(project, "--repair", exit_code=1)
    assert "put back from this machine: 0." in said and f"data/raw {name} missing" in said
    project.write("data/raw/b", "b\n")
    assert "put back from this machine: 2." in audit(project, "--repair")


def test_a_machine_without_a_cache_audits_too(in_folder: Stored) -> None:
    project, hand = in_folder
    hand.write(B, b"c\n")
    shutil.rmtree(project.root / ".dvc/cache")
    audit(project)
    assert f"data/raw/b {B} other bytes" in audit(project, "--deep", exit_code=1)


def test_the_summary_page_of_a_job_says_the_same(in_folder: Stored) -> None:
    project, hand = in_folder
    hand.delete(B)
    page = project.root.parent / "summary.md"
    project.run("mlgitops", "audit", GITHUB_STEP_SUMMARY=str(page))
    text = page.read_text()
    assert text.startswith(f"1 of {OBJECTS} objects missing or harmed in ")
    assert f"| `data/raw/b` | `{B}` | missing | `run mlgitops audit --repair here` |" in text
