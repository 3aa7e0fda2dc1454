"""A workflow file: its triggers, its jobs in order, and one job of it alone."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter

from loopback.runner.results import Job

HAND_ON = "loopback-outputs"


@dataclass(frozen=True)
class Workflow:
    """`path` is the file's path in its repository, `text` what it holds."""

    path: str
    text: str

    @cached_property
    def document(self) -> Mapping:
        return yaml().load(self.text)

    @property
    def name(self) -> str:
        return self.document.get("name", self.path)

    @property
    def jobs(self) -> Mapping[str, Mapping]:
        return self.document["jobs"]

    @cached_property
    def triggers(self) -> dict[str, Mapping]:
        """Event name → its filters, whichever of the three forms `on:` has."""
        on = self.document["on"]
        if isinstance(on, str):
            on = [on]
        return {event: (on[event] or {}) if isinstance(on, Mapping) else {} for event in on}

    def order(self) -> Iterator[str]:
        """Job ids, each after the jobs that it needs, otherwise as in the file."""
        return TopologicalSorter({name: needs(job) for name, job in self.jobs.items()}).static_order()

    def alone(self, name: str, done: Mapping[str, Job], label: str) -> str:
        """The file with this one job, as written; the jobs that it needs are replaced by their results.

        So each job runs in a process of its own, with a token of its own. A last step hands the job's
        outputs on.
        """
        document = copy.deepcopy(self.document)
        job = document["jobs"][name]
        document["jobs"] = {known: stub(done[known], self.jobs[known], label) for known in self.ancestors(name)}
        document["jobs"][name] = job
        for part in (document, job):
            part.pop("concurrency", None)  # act ignores it, and its schema refuses `queue`
        job.pop("environment", None)  # the same, and `deployment`
        if job.get("outputs"):
            job["steps"].append(hand_on(job["outputs"]))
        text = io.StringIO()
        yaml().dump(document, text)
        return text.getvalue()

    def ancestors(self, name: str) -> list[str]:
        above = {near for needed in needs(self.jobs[name]) for near in (needed, *self.ancestors(needed))}
        return [job for job in self.jobs if job in above]


def needs(job: Mapping) -> list[str]:
    given = job.get("needs", [])
    return [given] if isinstance(given, str) else list(given)


def stub(result: Job, job: Mapping, label: str) -> dict:
    """A job that ends as the real one did, with its outputs."""
    return {
        "runs-on": label,
        "needs": needs(job),
        "if": "false" if result.conclusion == "skipped" else "always()",
        "outputs": dict(result.outputs),
        "steps": [{"run": "true" if result.conclusion == "success" else "false"}],
    }


def hand_on(outputs: Mapping[str, str]) -> dict:
    lines = [f'printf "%s<<LOOPBACK\\n%s\\nLOOPBACK\\n" {name} "$OUTPUT_{i}"' for i, name in enumerate(outputs)]
    return {
        "id": HAND_ON,
        "name": "Hand on the outputs",
        "if": "always()",
        "shell": "bash",
        "working-directory": "${{ github.workspace }}",
        "env": {f"OUTPUT_{i}": value for i, value in enumerate(outputs.values())},
        "run": "{ " + "; ".join(lines) + '; } >> "$GITHUB_OUTPUT"',
    }


def yaml():
    """YAML 1.2, so that `on` is a word; what is dumped is what was loaded."""
    from ruamel.yaml import YAML

    parser = YAML()
    parser.preserve_quotes = True
    parser.width = 1 << 20
    return parser
