"""A remote that DVC knows how to talk to: asked by the project's python, with DVC's credentials and options."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlgitops.audit import probe
from mlgitops.audit.reach import Refused, Unreachable, Unreadable, asked
from mlgitops.repository.git import Repository
from mlgitops.repository.tools import environment, tool

PROBLEMS = {"unreachable": Unreachable, "refused": Refused}


@dataclass(frozen=True)
class Distant:
    """A `Remote`."""

    name: str
    repository: Repository

    def greet(self) -> None:
        """Unreachable, Refused or Unreadable unless it answers within seconds."""
        for _ in self._ask("nothing"):
            pass

    def sizes(self) -> dict[str, int]:
        return next(self._ask("sizes"))

    def read(self, names: list[str]) -> dict[str, bytes]:
        return {name: base64.b64decode(content) for name, content in self._ask("read", names)}

    def hashes(self, names: list[str]) -> Iterator[tuple[str, str]]:
        yield from map(tuple, self._ask("hashes", names))

    def put(self, sources: dict[str, Path]) -> None:
        for _ in self._ask("put", {name: str(path.resolve()) for name, path in sources.items()}):
            pass

    def _ask(self, operation: str, given: object = None) -> Iterator:
        """The answers to one question; no process where there is nothing to ask for."""
        if given is not None and not given:
            return
        root = self.repository.root
        command = [tool(root, "python"), "-c", Path(probe.__file__).read_text(), operation, self.name]
        with asked(self.name, command, root, environment(root), json.dumps(given).encode()) as answers:
            for number, answer in enumerate(map(json.loads, answers)):
                if isinstance(answer, dict) and "problem" in answer:
                    raise PROBLEMS.get(answer["problem"], Unreadable)(self.name, answer["said"])
                if number:  # the first one says that the remote has answered
                    yield answer
