"""What a deploy did, kept beside the environment and told to people."""

import getpass
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint

Result = Literal["deployed", "unchanged", "rehearsed", "failed", "nothing", "skipped"]


class Passed(msgspec.Struct, frozen=True):
    """By a smoke test. rows: golden rows that were right, of all versions. latency_ms: the slowest version's median."""

    rows: int
    latency_ms: float

    def __str__(self) -> str:
        return f"{self.rows} golden rows as recorded, median {self.latency_ms:.1f} ms a row"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """before, after: what answered then and answers now. why: of a failure, of nothing, or of a skip.

    smoke: of what was deployed. notes: what else a person should know.
    """

    environment: str
    commit: str
    url: str
    result: Result
    why: str = ""
    before: Serving = field(default_factory=Serving)
    wanted: Serving = field(default_factory=Serving)
    after: Serving = field(default_factory=Serving)
    smoke: Passed | None = None
    notes: tuple[str, ...] = ()

    @property
    def serves(self) -> str:
        """What answers now: "late-arrival@v0.1.0 serves on"."""
        return f"{self.after} serves on" if self.after.models else "Nothing serves"

    def append(self, journal: Path) -> None:
        """Add a line to deployments.jsonl."""
        record = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "environment": self.environment,
            "commit": self.commit,
            "actor": os.environ.get("GITHUB_ACTOR") or getpass.getuser(),
            "models": self.wanted.models,
            "endpoints": self.wanted.endpoints,
            "before": self.before.models,
            "result": self.result,
            "smoke": self.smoke,
            "url": self.url,
            "why": self.why or None,
        }
        with journal.open("ab") as lines:
            lines.write(msgspec.json.encode(record) + b"\n")

    def lines(self) -> list[str]:
        """For the terminal."""
        if self.result in IDLE:
            return [f"{self.environment}: {self._idle()}.", *self.notes]
        told = [f"{self.environment}: {self.result} {self.commit[:12]} at {self.url}"]
        told += [f"  {name}: {old} → {new}" for name, old, new in self._endpoints()]
        told += [f"  {version}: {digest}" for version, digest in self.wanted.models.items()]
        told += [f"  smoke test: {self.smoke}", *self.notes]
        if self.result == "rehearsed":
            told.append(REHEARSED)
        return told

    def markdown(self) -> str:
        """For the job's summary page."""
        if self.result == "failed":
            return f"### {self.environment} was not changed\n\n{self.why}. {self.serves}.\n{self._noted()}"
        head, table = self.lines()[0], ["| endpoint | before | now |", "|---|---|---|"]
        if self.result in IDLE:
            return f"### {head}\n{self._noted()}"
        table += [f"| {name} | {old} | {new} |" for name, old, new in self._endpoints()]
        table += ["", *(f"- {version}: `{digest}`" for version, digest in self.wanted.models.items())]
        table += ["", f"Smoke test: {self.smoke}."]
        note = f"\n\n{REHEARSED}" if self.result == "rehearsed" else ""
        return f"### {head}\n\n" + "\n".join(table) + note + "\n" + self._noted()

    def _idle(self) -> str:
        """Why nothing was changed."""
        words = {
            "nothing": f"nothing to deploy, {self.why}",
            "unchanged": f"nothing to change, {self.after} serves at {self.url}",
            "skipped": f"skipped {self.commit[:12]}, {self.why}; {self.serves}",
        }
        return words[self.result]

    def _noted(self) -> str:
        return "".join(f"\n{note}\n" for note in self.notes)

    def _endpoints(self) -> list[tuple[str, Endpoint | str, Endpoint | str]]:
        """name, before, now; a dash where there is none."""
        names = sorted({*self.before.endpoints, *self.wanted.endpoints})
        return [(name, self.before.endpoints.get(name, "–"), self.wanted.endpoints.get(name, "–")) for name in names]


IDLE = ("nothing", "unchanged", "skipped")
REHEARSED = (
    "Started, proved and stopped again: this runner is thrown away. "
    "To serve from a machine of yours, set the repository variable DEPLOY_RUNNER to a self-hosted runner."
)


def say(text: str) -> None:
    """Progress: a deploy is watched."""
    print(f"{text} …", flush=True)
