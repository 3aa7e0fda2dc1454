"""What a deploy did, kept beside the environment and told to people."""

import getpass
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from mlgitops.deploy.desired import Serving
from mlgitops.deploy.environment import Endpoint

Result = Literal["deployed", "unchanged", "rehearsed", "failed", "nothing"]


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """before, after: what answered then and answers now. why: of a failure, or of nothing."""

    environment: str
    commit: str
    url: str
    result: Result
    why: str = ""
    before: Serving = field(default_factory=Serving)
    wanted: Serving = field(default_factory=Serving)
    after: Serving = field(default_factory=Serving)

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
            "url": self.url,
            "why": self.why or None,
        }
        with journal.open("ab") as lines:
            lines.write(msgspec.json.encode(record) + b"\n")

    def lines(self) -> list[str]:
        """For the terminal."""
        if self.result == "nothing":
            return [f"{self.environment}: nothing to deploy, {self.why}."]
        if self.result == "unchanged":
            return [f"{self.environment}: nothing to change, {self.after} serves at {self.url}."]
        told = [f"{self.environment}: {self.result} {self.commit[:12]} at {self.url}"]
        told += [f"  {name}: {old} → {new}" for name, old, new in self._endpoints()]
        told += [f"  {version}: {digest}" for version, digest in self.wanted.models.items()]
        if self.result == "rehearsed":
            told.append(REHEARSED)
        return told

    def markdown(self) -> str:
        """For the job's summary page."""
        if self.result == "failed":
            return f"### {self.environment} was not changed\n\n{self.why}. {self.serves}.\n"
        head, table = self.lines()[0], ["| endpoint | before | now |", "|---|---|---|"]
        if self.result in ("unchanged", "nothing"):
            return f"### {head}\n"
        table += [f"| {name} | {old} | {new} |" for name, old, new in self._endpoints()]
        table += ["", *(f"- {version}: `{digest}`" for version, digest in self.wanted.models.items())]
        note = f"\n\n{REHEARSED}" if self.result == "rehearsed" else ""
        return f"### {head}\n\n" + "\n".join(table) + note + "\n"

    def _endpoints(self) -> list[tuple[str, Endpoint | str, Endpoint | str]]:
        """name, before, now; a dash where there is none."""
        names = sorted({*self.before.endpoints, *self.wanted.endpoints})
        return [(name, self.before.endpoints.get(name, "–"), self.wanted.endpoints.get(name, "–")) for name in names]


REHEARSED = (
    "Started, proved and stopped again: this runner is thrown away. "
    "Set the repository variable DEPLOY_RUNNER to a self-hosted runner to deploy."
)


def say(text: str) -> None:
    """Progress: a deploy is watched."""
    print(f"{text} …", flush=True)
