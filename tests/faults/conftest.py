"""A disk that is soon full."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


class Disk:
    """One megabyte, at `path`."""

    def __init__(self, path: Path) -> None:
        self.path, self.filler = path, path / "filler"

    def fill(self, leave: int) -> None:
        """Take all of it but some bytes."""
        found = os.statvfs(self.path)
        self.filler.write_bytes(b"x" * (found.f_bavail * found.f_frsize - leave))

    def make_room(self) -> None:
        self.filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Mounted by whoever may: root, or a job's user by sudo."""
    path, sudo = tmp_path / "disk", [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    path.mkdir()
    options = f"size=1m,mode=700,uid={os.getuid()},gid={os.getgid()}"
    command = [*sudo, "mount", "-t", "tmpfs", "-o", options, "tmpfs", path]
    mounted = subprocess.run(command, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield Disk(path)
    subprocess.run([*sudo, "umount", "--lazy", path], check=True)
