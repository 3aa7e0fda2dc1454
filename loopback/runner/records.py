"""Runs and jobs in the shapes in which the REST API tells of them."""

from __future__ import annotations

from loopback.events import Event
from loopback.hub import account, described, now
from loopback.repository import Repository
from loopback.runner.results import Job
from loopback.runner.workflow import Workflow


def of_run(id: int, repository: Repository, workflow: Workflow, event: Event) -> dict:
    """A run that starts, as GET /actions/runs/{id} has it."""
    url = f"https://api.github.com/repos/{repository.name}/actions/runs/{id}"
    return {
        "id": id,
        "name": workflow.name,
        "path": workflow.path,
        "event": event.name,
        "display_title": event.title,
        "status": "queued",
        "conclusion": None,
        "head_branch": event.head_branch,
        "head_sha": event.head_sha,
        "head_repository": described(event.head_repository),
        "repository": described(repository),
        "run_number": 1 + sum(run["path"] == workflow.path for run in repository.runs),
        "run_attempt": 1,
        "workflow_id": sum(map(ord, workflow.path)),
        "actor": account(event.actor),
        "triggering_actor": account(event.actor),
        "pull_requests": event.pull_requests,
        "created_at": now(),
        "updated_at": now(),
        "url": url,
        "html_url": f"https://github.com/{repository.name}/actions/runs/{id}",
        "artifacts_url": f"{url}/artifacts",
        "jobs_url": f"{url}/jobs",
    }


def of_job(id: int, repository: Repository, job: Job, event: Event, run: int, begun: str) -> dict:
    """A job that has ended, as GET /actions/runs/{id}/jobs has it."""
    steps = [
        {"number": number, "name": step.name, "status": "completed", "conclusion": step.conclusion}
        for number, step in enumerate(job.steps, 1)
    ]
    return {
        "id": id,
        "run_id": run,
        "name": job.name,
        "head_sha": event.head_sha,
        "head_branch": event.head_branch,
        "status": "completed",
        "conclusion": job.conclusion,
        "started_at": begun,
        "completed_at": now(),
        "steps": steps,
        "html_url": f"https://github.com/{repository.name}/actions/runs/{run}/job/{id}",
    }
