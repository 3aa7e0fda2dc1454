"""The storage branch as origin has it, whatever lies in this machine's worktree: listed and read by git."""

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mlgitops.audit.reach import Refused, Unreachable, Unreadable, asked
from mlgitops.repository import git, objects
from mlgitops.repository.storage import BRANCH, Storage
from mlgitops.repository.tools import last_words

CHUNK = 1 << 20
NO_CREDENTIALS = re.compile(
    r"authentication|could not read username|permission denied|denied to|error: 40[13]", re.IGNORECASE
)
NO_ANSWER = re.compile(
    r"could ?n.t (connect|resolve)|failed to connect|connection|timed out|resolve host", re.IGNORECASE
)


@dataclass
class Branch:
    """A `Remote`. Where there is no origin, what was committed here is all there is."""

    name: str
    storage: Storage

    def sizes(self) -> dict[str, int]:
        if not self.tip:
            return {}
        listed = self.storage.repository.git("ls-tree", "-r", "-l", "-z", self.tip, "--", objects.FOLDER).split("\0")
        entries = (entry.split(maxsplit=4) for entry in listed if entry)
        return {_object(path): int(size) for _, _, _, size, path in entries}

    def read(self, names: list[str]) -> dict[str, bytes]:
        return {name: self.storage.repository.show(self.tip, objects.path(name)) for name in names}

    def hashes(self, names: list[str]) -> Iterator[tuple[str, str]]:
        command = ["git", "-C", str(self.storage.repository.root), "cat-file", "--batch"]
        with tempfile.TemporaryFile() as wanted:  # git asked one by one takes twice as long
            wanted.write("".join(f"{self.tip}:{objects.path(name)}\n" for name in names).encode())
            wanted.seek(0)
            with subprocess.Popen(command, stdin=wanted, stdout=subprocess.PIPE) as process:
                for name in names:
                    yield name, _md5(process)

    def put(self, sources: dict[str, Path]) -> None:
        self.storage.attach()
        for name, source in sources.items():
            target = self.storage.path / objects.path(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.parent / f".{name}.part"
            shutil.copyfile(source, beside)
            beside.replace(target)
        self.storage.push(replaced=[objects.path(name) for name in sources])
        del self.tip  # it has moved

    @cached_property
    def tip(self) -> str | None:
        """The branch's newest commit, fetched; None where there is none yet."""
        if self.storage.repository.has_remote():
            self._reach()
            return self.storage.fetch()
        return self.storage.tree.git("rev-parse", "HEAD") if self.storage.path.is_dir() else None

    def _reach(self) -> None:
        """Ask origin for the branch, once and not for long."""
        root = self.storage.repository.root
        command = ["git", "-C", str(root), "ls-remote", "origin", f"refs/heads/{BRANCH}"]
        with asked(self.name, command, root, git.environment(), stderr=subprocess.STDOUT) as answer:
            said = b"".join(answer).decode(errors="replace")
            if answer.exit_code():
                kind = Refused if NO_CREDENTIALS.search(said) else Unreachable if NO_ANSWER.search(said) else Unreadable
                raise kind(f"{BRANCH} at origin", _why(said))


def _why(said: str) -> str:
    """Git's own line, without what an address may hold of secrets."""
    lines = said.splitlines()
    return re.sub(
        r"//[^/@\s]+@", "//…@", next((line for line in lines if line.startswith("fatal: ")), last_words(lines))
    )


def _object(path: str) -> str:
    return "".join(path.split("/")[-2:])


def _md5(process: subprocess.Popen) -> str:
    """Of the next object that git prints; empty where it has none, or can't read it."""
    *_, size = process.stdout.readline().split() or [b""]
    if not size.isdigit():
        return ""
    found, left = hashlib.md5(usedforsecurity=False), int(size)
    while left and (block := process.stdout.read(min(CHUNK, left))):
        found.update(block)
        left -= len(block)
    process.stdout.read(1)  # the line's end
    return found.hexdigest()
