"""Registrations, one after the other, at once, from old clones and from clones with strange tags."""

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository import objects
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import Storage
from mlgitops.versions import bundle, tags
from mlgitops.versions.register import next_version, register
from mlgitops.versions.tags import Tag
from tests.mlgitops.versions.trained import NAME, PATH, train

Clone = Callable[..., Repository]
SHALLOW = ("--depth", "1", "--single-branch")


def labels(repository: Repository, name: str = NAME) -> dict[str, str | None]:
    return {tag.label: tag.digest for tag in tags.read(repository, name)}


def ids(repository: Repository) -> dict[str, str]:
    """Tag → object id, of this repository."""
    listed = repository.git("for-each-ref", "--format=%(refname:strip=2) %(objectname)", "refs/tags")
    return dict(line.split() for line in listed.splitlines())


def pullable(repository: Repository, tag: Tag, folder: Path) -> bool:
    """Whether a stranger gets exactly what the tag says."""
    bundle.fetch(repository, path=tag.path, rev=tag.label, expected=tag.digest, folder=folder)
    return True


@pytest.mark.parametrize(("newest", "following"), [(None, (0, 1, 0)), ((0, 1, 9), (0, 1, 10)), ((2, 0, 0), (2, 0, 1))])
def test_versions_follow_each_other(newest, following) -> None:
    assert next_version(newest) == following


@pytest.mark.parametrize(("bump", "following"), [("minor", (1, 3, 0)), ("major", (2, 0, 0)), ("", (1, 2, 4))])
def test_a_bump_raises_one_number_and_the_first_version_is_the_first(bump: str, following: tags.Version) -> None:
    assert next_version((1, 2, 3), bump) == following
    assert next_version(None, bump) == (0, 1, 0)


@pytest.mark.slow
def test_what_the_merge_says_of_the_version_is_in_its_number_and_its_tag(repository: Repository) -> None:
    train(repository, "one")
    assert register(repository, NAME, PATH, lambda: {"bump": "major"})[0].label == "m@v0.1.0"
    train(repository, "two")
    tag, _ = register(repository, NAME, PATH, lambda: {"bump": "minor", "pull": "7"})
    assert (tag.label, tag.notes["bump"]) == ("m@v0.2.0", "minor")
    assert tags.read(repository, NAME)[-1].notes["bump"] == "minor"


@pytest.mark.slow
@pytest.mark.fault("the same event twice", "the second registration finds the version of the first")
@pytest.mark.fault("clone without tags", "the tags are taken from origin")
def test_versions_are_tags_that_name_the_digest(repository: Repository, clone: Clone) -> None:
    first = train(repository, "one")
    job = clone("job", "--no-tags", *SHALLOW)
    assert [register(job, NAME, PATH)[1] for _ in range(2)] == [True, False]
    second = train(repository, "two")
    later = clone("later", "--no-tags", *SHALLOW)
    tag, new = register(later, NAME, PATH)
    assert (tag.label, tag.commit, new) == ("m@v0.1.1", later.rev_parse("HEAD"), True)
    assert labels(later) == {"m@v0.1.0": first, "m@v0.1.1": second}
    shown = subprocess.run(["gto", "show", "--json"], cwd=later.root, capture_output=True, text=True, check=True)
    assert '"version": "v0.1.1"' in shown.stdout


@pytest.mark.slow
@pytest.mark.fault("the same event twice", "an old merge that is handled again does not become the newest version")
def test_an_old_merge_handled_again_is_not_the_newest(repository: Repository, clone: Clone) -> None:
    train(repository, "one")
    job = clone("job", *SHALLOW)
    register(job, NAME, PATH)
    train(repository, "two")
    register(repository, NAME, PATH)
    tag, new = register(job, NAME, PATH)
    assert (tag.label, new) == ("m@v0.1.0", False)
    assert list(labels(repository)) == ["m@v0.1.0", "m@v0.1.1"]


@pytest.mark.slow
@pytest.mark.fault("ten concurrent merges", "ten versions, each of its own commit, and no tag that only one clone has")
@pytest.mark.fault("stale clone", "a merge whose clone is behind gets the version after the newest on origin")
def test_ten_registrations_at_once_from_stale_clones(repository: Repository, clone: Clone, tmp_path: Path) -> None:
    jobs = []
    for number in range(10):
        train(repository, f"content {number}")
        jobs.append(clone(f"job{number}", *SHALLOW))
    with ThreadPoolExecutor(10) as pool:
        made = [tag for tag, _ in pool.map(lambda job: register(job, NAME, PATH), jobs)]
    assert sorted(tag.label for tag in made) == sorted(f"m@v0.1.{number}" for number in range(10))
    there = ids(Repository(repository.root.parent / "origin.git"))
    for job, tag in zip(jobs, made, strict=True):
        assert tag.commit == job.rev_parse("HEAD") == job.rev_parse(f"refs/tags/{tag.label}")
        assert ids(job).items() <= there.items(), "a tag that origin does not have, or has otherwise"
    known = tags.read(repository, NAME)
    assert len(known) == len({tag.digest for tag in known}) == 10
    assert all(pullable(repository, tag, tmp_path / "bundles") for tag in known)


@pytest.mark.slow
@pytest.mark.fault("stale clone", "what the storage branch has gained is brought in before the bundle is fetched")
def test_a_clone_whose_storage_is_older_than_the_bundle(repository: Repository, clone: Clone) -> None:
    train(repository, "one")
    old = clone("old")
    Storage(old).attach()
    digest = train(repository, "two")
    old.git("pull", "--quiet", "origin", "main")
    assert register(old, NAME, PATH)[0].digest == digest


@pytest.mark.slow
@pytest.mark.parametrize("path", ["models/m/a", "rows.csv"])
@pytest.mark.parametrize(("damage", "problem"), [("missing", "missing"), ("other bytes", "hash")])
def test_what_the_remote_does_not_hold_whole_gets_no_tag(
    repository: Repository, clone: Clone, path: str, damage: str, problem: str
) -> None:
    """A file of the bundle, or the data that it is made of."""
    store = Storage(repository)
    store.attach()
    (repository.root / "rows.csv").write_text("1,2\n")
    subprocess.run(["dvc", "add", "-q", "rows.csv"], cwd=repository.root, check=True, capture_output=True)
    train(repository, "one")
    name = objects.md5(repository.root / path)
    stored = store.path / "files" / "md5" / name[:2] / name[2:]
    stored.chmod(0o644)
    if damage == "missing":
        stored.unlink()
    else:
        stored.write_bytes(stored.read_bytes()[::-1])
    for words in ("add --all --force files", "commit --quiet -m Harm", "push --quiet origin HEAD:dvc-storage"):
        store.tree.git(*words.split())
    with pytest.raises(CheckFailed, match=rf"{path} \({problem}, md5:{name}\)\. Run mlgitops audit --repair on the"):
        register(clone("job", *SHALLOW), NAME, PATH)
    assert repository.git("ls-remote", "--tags", "origin") == ""


def test_nothing_trained_is_said(repository: Repository) -> None:
    with pytest.raises(CannotCheck, match=r"records no bundle: models/m\. Run make train"):
        register(repository, NAME, PATH)


@pytest.mark.slow
@pytest.mark.fault("kill -9 between push and tag", "a tag that was never pushed is deleted by the next registration")
def test_a_tag_that_was_never_pushed_is_no_version(
    repository: Repository, clone: Clone, capsys: pytest.CaptureFixture
) -> None:
    digest = train(repository, "one")
    repository.git("tag", "--annotate", "m@v0.1.7", "-m", f"m@v0.1.7\n\ndigest: {digest}\npath: {PATH}")
    assert labels(repository) == {}
    assert register(repository, NAME, PATH)[0].label == "m@v0.1.0"
    assert list(ids(repository)) == ["m@v0.1.0"]
    assert "Deleted the tag m@v0.1.7, which was never pushed." in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.fault("moved tag", "a clone that knows the old one refuses, names both, and overwrites neither")
@pytest.mark.parametrize("where", ["here", "on origin"])
def test_a_tag_that_is_not_the_same_here_and_there_is_refused(repository: Repository, clone: Clone, where: str) -> None:
    train(repository, "one")
    register(repository, NAME, PATH)
    train(repository, "two")
    other = clone("other")
    mover = repository if where == "here" else other
    mover.git("tag", "--force", "--annotate", "m@v0.1.0", "-m", "moved", "HEAD")
    if where == "on origin":
        mover.git("push", "--quiet", "--force", "origin", "refs/tags/m@v0.1.0")
    before = ids(repository)
    with pytest.raises(CheckFailed, match=r"not the same here and on origin.*m@v0\.1\.0, \w{12} here and \w{12} there"):
        register(repository, NAME, PATH)
    assert ids(repository) == before


@pytest.mark.slow
@pytest.mark.fault("moved tag", "a new clone finds that the tag's commit has another digest than the tag says")
def test_a_moved_tag_is_found_by_a_clone_that_never_knew_another(repository: Repository, clone: Clone) -> None:
    train(repository, "one")
    tag, _ = register(repository, NAME, PATH)
    message = repository.git("for-each-ref", "--format=%(contents)", f"refs/tags/{tag.label}")
    train(repository, "two")
    repository.git("tag", "--force", "--annotate", tag.label, "-m", message, "HEAD")
    repository.git("push", "--quiet", "--force", "origin", f"refs/tags/{tag.label}")
    with pytest.raises(CheckFailed, match=r"dvc\.lock of m@v0\.1\.0 does not say the digest of the tag"):
        register(clone("job", *SHALLOW), NAME, PATH)


@pytest.mark.slow
def test_a_version_without_a_digest_is_taken(repository: Repository) -> None:
    digest = train(repository, "one")
    repository.git("tag", "m@v0.1.0")
    repository.git("push", "--quiet", "origin", "refs/tags/m@v0.1.0")
    assert register(repository, NAME, PATH)[0].label == "m@v0.1.1"
    assert labels(repository) == {"m@v0.1.0": None, "m@v0.1.1": digest}


@pytest.mark.slow
def test_a_refusal_that_nobody_else_caused_is_said_with_its_reason(repository: Repository, monkeypatch) -> None:
    train(repository, "one")
    monkeypatch.setattr("mlgitops.versions.register.REFUSALS", 2)
    hook = repository.root.parent / "origin.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(CannotCheck, match=r"origin took no tag in 2 tries: ! \[remote rejected\].*m@v0\.1\.0"):
        register(repository, NAME, PATH)
    assert repository.git("tag") == ""


@pytest.mark.slow
def test_without_a_remote_the_tags_here_count(repository: Repository) -> None:
    train(repository, "one")
    Storage(repository).attach()
    repository.git("remote", "remove", "origin")
    assert register(repository, NAME, PATH)[0].label == "m@v0.1.0"
    assert register(repository, NAME, PATH)[1] is False
