"""Whether an environment has served a version before, and what says so: the way to production leads through staging."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mlgitops.deploy.journal import Passed
from mlgitops.deploy.place import Place
from mlgitops.environments.environment import Endpoint
from mlgitops.errors import CheckFailed
from mlgitops.github.deployments import Ledger, Payload


class Line(msgspec.Struct, frozen=True):
    """What counts here of a line of deployments.jsonl."""

    result: str
    models: dict[str, str]
    endpoints: dict[str, Endpoint]
    smoke: Passed | None


@dataclass(frozen=True)
class Evidence:
    """What is known of one environment: by its journal on this machine, and by GitHub."""

    place: Place
    ledger: Ledger

    @classmethod
    def of(cls, environment: str, root: Path, ledger: Ledger) -> "Evidence":
        return cls(Place(root / environment), ledger.of(environment))

    @property
    def is_there(self) -> bool:
        """Whether anything here can say what was served."""
        return self.ledger.api is not None or self.place.journal.is_file()

    def missing(self, wanted: Mapping[str, str]) -> list[str]:
        """The versions (→ digest) that the environment has not both served and smoke-tested."""
        left = dict(wanted)
        for tested in self._journal():
            if not left:
                break
            left = {version: digest for version, digest in left.items() if tested.get(version) != digest}
        known = self.ledger.served(left)
        return [version for version in left if version not in known]

    def require(self, wanted: Mapping[str, str]) -> None:
        """CheckFailed where one of them is missing."""
        if missing := self.missing(wanted):
            raise refusal(missing, self.place.name)

    def _journal(self) -> Iterator[dict[str, str]]:
        """What each deploy has tested, newest first."""
        lines = self.place.journal.read_bytes().splitlines() if self.place.journal.is_file() else []
        for text in reversed(lines):
            try:
                line = msgspec.json.decode(text, type=Line)
            except msgspec.MsgspecError:  # of an earlier form: it does not say what was tested
                continue
            if line.result in ("deployed", "rehearsed"):
                yield Payload(line.models, line.endpoints, smoke=line.smoke is not None).tested()


def refusal(missing: list[str], environment: str) -> CheckFailed:
    """What is said of versions that an environment has not served."""
    return CheckFailed(
        f"{environment} has not served and smoke-tested it yet",
        given=", ".join(missing),
        next=f"Deploy it to {environment} first",
    )
