"""What a merge would make an environment serve, told before it: from what to what, or why it would be refused."""

from dataclasses import dataclass, field
from typing import Literal

from mlgitops.environments import environment
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint


@dataclass(frozen=True)
class Change:
    """Of one endpoint; None where there is none."""

    endpoint: str
    before: Endpoint | None
    after: Endpoint | None

    @property
    def kind(self) -> Literal["new", "removed", "changed", "unchanged"]:
        if self.before is None:
            return "new"
        if self.after is None:
            return "removed"
        return "unchanged" if self.before == self.after else "changed"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """is_served: whether `before` is what GitHub knows to serve, and not only what the base's file says.

    refused: why a deploy of it would fail, so that what serves serves on. notes: what else a reviewer should know.
    """

    environment: str
    before: Serving = field(default_factory=Serving)
    after: Serving = field(default_factory=Serving)
    is_served: bool = False
    refused: str = ""
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return environment.path(self.environment)

    @property
    def changes(self) -> list[Change]:
        names = [*self.after.endpoints, *(name for name in self.before.endpoints if name not in self.after.endpoints)]
        return [Change(name, self.before.endpoints.get(name), self.after.endpoints.get(name)) for name in names]

    def lines(self) -> list[str]:
        """For the terminal."""
        told = [f"{self.environment}, from {'what it serves' if self.is_served else 'the base'}:"]
        told += [
            f"  {each.endpoint} ({each.kind}): {each.before or '–'} → {each.after or '–'}" for each in self.changes
        ]
        told += [f"  {version}: {digest}" for version, digest in self.after.models.items()]
        told += [f"  {note}" for note in self.notes]
        return [*told, *([f"  refused: {self.refused}"] if self.refused else [])]
