"""A push that is killed half way has lost nothing: the next one completes it."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from mlgitops.repository.storage import Storage
from tests.repositories import BIN, STORAGE_CONFIG, WorkingTree

FILES = 3_000


@pytest.fixture
def project(tmp_path: Path) -> WorkingTree:
    """Many small files, tracked and not pushed yet, and the storage branch of a bare origin."""
    made = WorkingTree(tmp_path / "work")
    made.root.mkdir()
    made.begin()
    made.write(".dvc/config", STORAGE_CONFIG)
    made.write(".dvc/.gitignore", "/storage\n/cache\n/tmp\n")
    for number in range(FILES):
        made.write(f"data/{number}", f"{number}\n")
    made.must("dvc", "add", "--quiet", "data")
    made.must("git", "init", "--quiet", "--bare", str(tmp_path / "origin.git"))
    made.must("git", "remote", "add", "origin", f"file://{tmp_path / 'origin.git'}")
    made.commit("Track it")
    Storage(made.repository).attach()
    return made


@pytest.mark.slow
@pytest.mark.fault("kill -9 in push", "nothing half-written is stored; the next push completes it")
def test_a_killed_push_is_completed_by_the_next(project: WorkingTree) -> None:
    objects = Storage(project.repository).path / "files" / "md5"
    env = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "DVC_NO_ANALYTICS": "1"}
    with subprocess.Popen(["dvc", "push", "--quiet"], cwd=project.root, env=env, start_new_session=True) as push:
        while push.poll() is None and sum(1 for _ in objects.glob("??/*")) < FILES // 10:
            time.sleep(0.001)
        os.killpg(push.pid, signal.SIGKILL)
    assert push.returncode == -signal.SIGKILL
    (objects / "00").mkdir(exist_ok=True)
    (objects / "00" / ".a-copy-it-was-making.tmp").write_bytes(b"half of it")
    project.must("mlgitops", "storage", "push")
    done = project.run("mlgitops", "audit", "--deep")
    assert done.returncode == 1 and "objects missing or harmed in storage" in done.stderr
    project.must("dvc", "push", "--quiet")
    project.must("mlgitops", "storage", "push")
    assert f"{FILES + 1:,} objects whole in storage (re-hashed)" in project.must("mlgitops", "audit", "--deep")
    stored = project.must("git", "ls-tree", "-r", "--name-only", "FETCH_HEAD")
    assert not [path for path in stored.splitlines() if path.endswith(".tmp")]
