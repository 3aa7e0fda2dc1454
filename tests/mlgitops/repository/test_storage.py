import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from mlgitops.errors import CheckFailed
from mlgitops.repository import storage
from mlgitops.repository.git import Repository
from mlgitops.repository.storage import BRANCH, Storage
from tests.repositories import WorkingTree


def put(store: Storage, name: str, data: bytes = b"x") -> None:
    path = store.path / "files" / "md5" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def object_name(data: bytes) -> str:
    md5 = hashlib.md5(data).hexdigest()
    return f"files/md5/{md5[:2]}/{md5[2:]}"


def stored(repository: Repository) -> set[str]:
    """The objects on the origin's branch."""
    listed = repository.git("ls-tree", "-r", "--name-only", "FETCH_HEAD")
    return {path.rpartition("/")[2] for path in listed.splitlines() if path.startswith("files/")}


def test_attach_founds_the_branch_and_a_second_clone_gets_its_objects(
    repository: Repository, clone: Callable[..., Repository]
) -> None:
    first = Storage(repository)
    first.attach()
    put(first, "aa/1", b"bytes\r\nas they are\n")
    assert first.push() == 1
    second = Storage(clone("second", "--single-branch"))
    second.attach()
    assert (second.path / "files/md5/aa/1").read_bytes() == b"bytes\r\nas they are\n"


def test_a_second_attach_and_a_second_push_do_nothing(repository: Repository) -> None:
    store = Storage(repository)
    store.attach()
    put(store, "aa/1")
    assert (store.push(), store.push()) == (1, 0)
    store.attach()
    assert store.new_objects() == []


def test_concurrent_pushes_keep_every_object(repository: Repository, clone: Callable[..., Repository]) -> None:
    Storage(repository).attach()
    Storage(repository).push()
    stores = [Storage(clone(f"clone{i}", "--single-branch")) for i in range(4)]
    for i, store in enumerate(stores):
        store.attach()
        put(store, f"aa/{i}")
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(Storage.push, stores)) == [1, 1, 1, 1]
    repository.git("fetch", "--quiet", "origin", f"refs/heads/{BRANCH}")
    assert stored(repository) == {"0", "1", "2", "3"}


def test_pushing_brings_in_what_others_pushed_and_removes_nothing(
    repository: Repository, clone: Callable[..., Repository]
) -> None:
    ours, theirs = Storage(repository), Storage(clone("theirs", "--single-branch"))
    ours.attach()
    ours.push()
    theirs.attach()
    put(theirs, "bb/theirs")
    theirs.push()
    put(ours, "aa/ours")
    ours.push()
    assert (ours.path / "files/md5/bb/theirs").exists()
    repository.git("fetch", "--quiet", "origin", f"refs/heads/{BRANCH}")
    assert stored(repository) == {"ours", "theirs"}


def test_an_object_that_github_would_refuse_is_refused_before_anything_is_pushed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "FILE_LIMIT", 10)
    store = Storage(repository)
    store.attach()
    put(store, "aa/large", b"x" * 11)
    with pytest.raises(CheckFailed, match=r"files/md5/aa/large .*Name another DVC remote"):
        store.push()


@pytest.mark.fault("bit-flip in the cache", "`mlgitops storage push` hashes what is new, and stores nothing: exit 1")
def test_what_the_cache_harmed_is_not_stored(repository: Repository) -> None:
    store, tree = Storage(repository), WorkingTree(repository.root)
    store.attach()
    for name in ("good", "bad"):
        tree.write(f"data/{name}", name)
    tree.must("dvc", "add", "--quiet", "data")
    cached = repository.root / ".dvc/cache" / object_name(b"bad")
    cached.chmod(0o644)
    cached.write_bytes(b"bat")
    cached.chmod(0o444)  # as a failing disk leaves it: dvc push takes a write-protected object's name for what it is
    tree.must("dvc", "push", "--quiet")
    done = tree.run("mlgitops", "storage", "push")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "mlgitops: An object is not what its name says, and nothing was stored: .dvc/storage/"
    )
    assert object_name(b"bad") in done.stderr and done.stderr.count("\n") == 1
    assert not repository.git("ls-remote", "origin", BRANCH)
    tree.commit("Track it")
    assert "3 objects whole in storage (re-hashed)" in tree.must("mlgitops", "audit", "--repair")
    assert "Stored 0 new objects" in tree.must("mlgitops", "storage", "push")


def test_what_a_killed_push_left_is_not_stored(repository: Repository) -> None:
    store = Storage(repository)
    store.attach()
    put(store, "aa/.Zm9v_-.tmp")
    assert store.new_objects() == [] and store.push() == 0


def test_a_harmed_object_of_the_branch_is_replaced(repository: Repository, clone: Callable[..., Repository]) -> None:
    store, name = Storage(repository), object_name(b"good")
    store.attach()
    put(store, name.removeprefix("files/md5/"), b"good")
    store.push()
    theirs = Storage(clone("theirs", "--single-branch"))
    theirs.attach()
    put(theirs, name.removeprefix("files/md5/"), b"bad!")
    theirs.tree.git("commit", "--quiet", "--all", "-m", "Harm it")
    theirs.tree.git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
    assert store.push(replaced=[name]) == 1
    repository.git("fetch", "--quiet", "origin", f"refs/heads/{BRANCH}")
    assert repository.show("FETCH_HEAD", name) == b"good"
    theirs.push()
    assert (theirs.path / name).read_bytes() == b"good"


@pytest.mark.parametrize(("url", "used"), [("storage", True), ("s3://bucket", False)])
def test_it_is_used_only_where_the_config_says_so(repository: Repository, url: str, used: bool) -> None:
    config = repository.root / ".dvc" / "config"
    config.write_text(config.read_text().replace("url = storage", f"url = {url}"))
    assert Storage(repository).is_used() is used


@pytest.mark.slow
def test_attached_again_it_has_what_others_have_stored(
    repository: Repository, clone: Callable[..., Repository]
) -> None:
    WorkingTree(repository.root).must("mlgitops", "storage", "attach")
    theirs, name = Storage(clone("theirs")), object_name(b"new").removeprefix("files/md5/")
    theirs.attach()
    put(theirs, name, b"new")
    theirs.push()
    WorkingTree(repository.root).must("mlgitops", "storage", "attach")
    assert (Storage(repository).path / "files/md5" / name).read_bytes() == b"new"
