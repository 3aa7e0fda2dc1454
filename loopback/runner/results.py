"""What a run of a workflow came to: jobs, steps, outputs, logs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Step:
    """One step as it ran. `conclusion` is None while it runs."""

    job: str
    name: str
    conclusion: str | None = None
    seconds: float = 0.0


@dataclass
class Job:
    """`conclusion`: success, failure or skipped. `summary`: the Markdown of its job summary."""

    id: str
    name: str
    conclusion: str
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    log: str = ""
    summary: str = ""
    seconds: float = 0.0
    permissions: dict[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """`conclusion`: failure when a job failed, skipped when all were, else success."""

    id: int
    workflow: str
    path: str
    event: str
    head_branch: str
    head_sha: str
    jobs: dict[str, Job]
    artifacts: list[str]
    seconds: float

    @property
    def conclusion(self) -> str:
        found = {job.conclusion for job in self.jobs.values()}
        return "failure" if "failure" in found else "skipped" if found == {"skipped"} else "success"

    @property
    def log(self) -> str:
        return "\n".join(f"=== {job.id}: {job.conclusion}\n{job.log}" for job in self.jobs.values())
