"""What a deploy did, kept beside the environment and told to people."""

import getpass
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from mlgitops.deploy.desired import Model

Result = Literal["deployed", "unchanged", "rehearsed", "failed", "nothing"]


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """before, after: endpoint → Model of what answered then and answers now. why: of a failure, or of nothing."""

    environment: str
    commit: str
    url: str
    result: Result
    why: str = ""
    before: dict[str, Model] = field(default_factory=dict)
    wanted: dict[str, Model] = field(default_factory=dict)
    after: dict[str, Model] = field(default_factory=dict)

    @property
    def serves(self) -> str:
        """What answers now: "late-arrival@v0.1.0 serves on"."""
        names = ", ".join(model.version for model in self.after.values())
        return f"{names} serves on" if names else "Nothing serves"

    def append(self, journal: Path) -> None:
        """Add a line to deployments.jsonl."""
        names = sorted({*self.before, *self.wanted})
        record = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "environment": self.environment,
            "commit": self.commit,
            "actor": os.environ.get("GITHUB_ACTOR") or getpass.getuser(),
            "endpoints": {name: {"from": self.before.get(name), "to": self.wanted.get(name)} for name in names},
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
            names = ", ".join(model.version for model in self.after.values())
            return [f"{self.environment}: nothing to change, {names} serves at {self.url}."]
        told = [f"{self.environment}: {self.result} {self.commit[:12]} at {self.url}"]
        for name in sorted({*self.before, *self.wanted}):
            old, new = self.before.get(name), self.wanted.get(name)
            told.append(f"  {name}: {_short(old)} → {_short(new)}" + (f" ({new.digest})" if new else ""))
        if self.result == "rehearsed":
            told.append(REHEARSED)
        return told

    def markdown(self) -> str:
        """For the job's summary page."""
        if self.result == "failed":
            return f"### {self.environment} was not changed\n\n{self.why}. {self.serves}.\n"
        head, table = self.lines()[0], ["| endpoint | before | now | digest |", "|---|---|---|---|"]
        if self.result in ("unchanged", "nothing"):
            return f"### {head}\n"
        for name, new in sorted(self.wanted.items()):
            table.append(f"| {name} | {_short(self.before.get(name))} | {new.version} | `{new.digest}` |")
        note = f"\n\n{REHEARSED}" if self.result == "rehearsed" else ""
        return f"### {head}\n\n" + "\n".join(table) + note + "\n"


REHEARSED = (
    "Started, proved and stopped again: this runner is thrown away. "
    "Set the repository variable DEPLOY_RUNNER to a self-hosted runner to deploy."
)


def _short(model: Model | None) -> str:
    return model.version if model else "–"


def say(text: str) -> None:
    """Progress: a deploy is watched."""
    print(f"{text} …", flush=True)
