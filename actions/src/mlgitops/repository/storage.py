"""The branch `dvc-storage`: a DVC remote that needs no account, because it is part of the repository.

It is checked out as a worktree at .dvc/storage, which DVC sees as a local folder. Objects are named by their
content and only ever added, so two pushes never contradict each other: the later one is put on top of the earlier.
"""

import configparser
import random
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from mlgitops.errors import CannotCheck, CheckFailed
from mlgitops.repository.git import Repository
from mlgitops.repository.objects import NAME, md5

BRANCH = "dvc-storage"
FILE_LIMIT = 100_000_000  # bytes; GitHub refuses larger files
ADVISED_TOTAL = 500_000_000
ATTEMPTS = 8
PARTIAL = re.compile(r"(^|/)\.[^/]*\.(tmp|part)$")  # a copy that DVC, or this package, was making
IDENTITY = ("-c", "user.name=mlgitops", "-c", "user.email=mlgitops@users.noreply.github.com")


@dataclass(frozen=True)
class Storage:
    repository: Repository

    @property
    def path(self) -> Path:
        return self.repository.root / ".dvc" / "storage"

    @property
    def tree(self) -> Repository:
        return Repository(self.path)

    @property
    def name(self) -> str:
        """The default remote's name in .dvc/config, whatever it is."""
        return self._config().get("core", "remote", fallback="")

    @property
    def url(self) -> str:
        """The default remote's address."""
        return self.address(self.name)

    def address(self, name: str) -> str:
        """A remote's address; empty where there is none of that name."""
        return self._config().get(f"'remote \"{name}\"'", "url", fallback="")

    def is_used(self) -> bool:
        """Whether .dvc/config names this branch's worktree as the default remote."""
        return self.url == "storage"

    def _config(self) -> configparser.ConfigParser:
        config = configparser.ConfigParser(interpolation=None)
        config.read(self.repository.root / ".dvc" / name for name in ("config", "config.local"))  # as DVC does
        return config

    def attach(self) -> None:
        """Check the branch out beside the code; its first commit is made here where there is none yet."""
        if self._is_attached():
            return
        self.repository.git("worktree", "prune")
        start = self.fetch() or self._found()
        self.repository.git("worktree", "add", "--quiet", "--detach", str(self.path), start)

    def refresh(self) -> None:
        """Attach the branch or, where it is, bring in what origin's has gained since; what is new here stays new.

        Nothing where the default remote is another one.
        """
        if not self.is_used():
            return
        if not self._is_attached():
            self.attach()
        elif tip := self.fetch():
            self.tree.git("reset", "--quiet", "--mixed", tip)
            self._check_out()

    def _is_attached(self) -> bool:
        return (self.path / ".git").exists()

    def new_objects(self) -> list[str]:
        """What DVC has put there and no commit holds yet, as paths in the worktree; not what a killed push left."""
        paths = self.tree.git("ls-files", "--others", "-z").split("\0")
        return [path for path in paths if path and not PARTIAL.search(path)]

    def push(self, replaced: Collection[str] = ()) -> int:
        """Add the new objects to the branch on origin, however many others push at the time; returns their number.

        replaced: paths of objects that the branch holds with other bytes than their name says, mended in the worktree.
        CheckFailed where an object is too large or is not what its name says: nothing is pushed then.
        """
        new = self.new_objects()
        self._refuse_large(new)
        self._refuse_harmed([*new, *replaced])
        for attempt in range(ATTEMPTS):
            tip = self.fetch()
            added = self._commit(tip, replaced)
            if self.tree.git("rev-parse", "HEAD") == tip:
                return added
            pushed = self.tree.try_git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
            if not pushed.returncode:
                return added
            time.sleep(random.uniform(0, 0.2 * 2**attempt))
        said = pushed.stderr.decode(errors="replace").strip().splitlines()
        raise CannotCheck(
            f"The branch {BRANCH} could not be pushed in {ATTEMPTS} tries",
            given=said[-1] if said else None,
            next="Nothing is lost: push again",
        )

    def _commit(self, tip: str | None, replaced: Collection[str]) -> int:
        """Put the new objects on top of `tip`, and the objects that came with it into the worktree."""
        head = self.tree.git("rev-parse", "HEAD")
        ours = self.tree.git("diff", "--name-only", "--diff-filter=A", "-z", f"{tip or head}", "HEAD").split("\0")
        if tip:
            self.tree.git("reset", "--quiet", "--mixed", tip)
        paths = sorted({*filter(None, ours), *self.new_objects(), *replaced})
        if paths:
            listing = "\0".join(paths).encode()
            self.tree.git("add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul", input=listing)
            self.tree.git(*IDENTITY, "commit", "--quiet", "-m", f"Store {len(paths)} objects")
        self._check_out()
        return len(paths)

    def _check_out(self) -> None:
        """What came with the tip, and what it holds in place of an object that is harmed here."""
        missing = self.tree.git("ls-files", "--deleted", "-z").split("\0")
        changed = self.tree.git("diff", "--name-only", "--diff-filter=M", "-z").split("\0")
        wanted = "\0".join([*filter(None, missing), *filter(self._is_harmed, changed)])
        self.tree.git("checkout-index", "--force", "--index", "-z", "--stdin", input=wanted.encode())

    def _is_harmed(self, path: str) -> bool:
        """Whether an object is not what its name says."""
        named = NAME.fullmatch(path)
        return bool(named) and md5(self.path / path) != named[1] + named[2]

    def fetch(self) -> str | None:
        """The newest commit of the branch on origin; None where the branch, or origin, does not exist."""
        if not self.repository.has_remote():
            return None
        listed = self.repository.git("ls-remote", "origin", f"refs/heads/{BRANCH}")
        if not listed:
            return None
        self.repository.git("fetch", "--quiet", "--no-tags", "--depth", "1", "origin", f"refs/heads/{BRANCH}")
        return self.repository.git("rev-parse", "FETCH_HEAD")

    def _found(self) -> str:
        """The branch's first commit: bytes are kept as they are on every system."""
        attributes = self.repository.git("hash-object", "-w", "--stdin", input=b"* -text -diff\n")
        tree = self.repository.git("mktree", input=f"100644 blob {attributes}\t.gitattributes\n".encode())
        return self.repository.git(*IDENTITY, "commit-tree", tree, "-m", "Found the storage of DVC's objects")

    def _refuse_large(self, paths: list[str]) -> None:
        """GitHub takes no file over 100 MB, and a repository should stay well under that in all."""
        sizes = {path: (self.path / path).stat().st_size for path in paths}
        large = [path for path, size in sizes.items() if size > FILE_LIMIT]
        if large:
            raise CheckFailed(
                "A file over 100 MB can't be stored in git",
                given=f"{large[0]} ({sizes[large[0]] / 1e6:.0f} MB)",
                next="Name another DVC remote in .dvc/config and run dvc push",
            )

    def _refuse_harmed(self, paths: list[str]) -> None:
        """A cache whose disk failed would hand its harm on to everybody, under the name of what was there before."""
        for path in paths:
            if self._is_harmed(path):
                raise CheckFailed(
                    "An object is not what its name says, and nothing was stored",
                    given=f".dvc/storage/{path}",
                    next="Run mlgitops audit --repair where its file is whole; else make it again first",
                )

    def size(self) -> int:
        """Bytes of all objects in the worktree."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())
