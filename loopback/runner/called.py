"""Workflows of the same repository that a job calls: what they do stands in the calling job's place."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Mapping

from loopback.runner.workflow import Workflow, needs, yaml

INPUT = re.compile(r"\$\{\{ *inputs\.([\w-]+) *\}\}")


def inlined(workflow: Workflow, read: Callable[[str], str | None]) -> Workflow:
    """The workflow with the one job of each workflow that it calls; read: a path's text at the same commit.

    Raises ValueError for a called workflow that is not there, or that has several jobs.
    """
    calling = {name: job for name, job in workflow.jobs.items() if str(job.get("uses", "")).startswith("./")}
    if not calling:
        return workflow
    document = copy.deepcopy(workflow.document)
    for name, job in calling.items():
        document["jobs"][name] = called(name, job, read)
    text = io.StringIO()
    yaml().dump(document, text)
    return Workflow(workflow.path, text.getvalue())


def called(name: str, job: Mapping, read: Callable[[str], str | None]) -> dict:
    """The job of the workflow that a job calls, with the inputs that it is given and the permissions of the caller."""
    text = read(job["uses"].removeprefix("./"))
    given = job.get("with", {})
    jobs = yaml().load(INPUT.sub(lambda found: str(given[found[1]]), text or ""))["jobs"] if text else {}
    if len(jobs) != 1:
        raise ValueError(f"Job {name} calls {job['uses']}, which has {len(jobs)} jobs: only one is stood in for")
    (only,) = jobs.values()
    kept = {key: job[key] for key in ("permissions", "if") if key in job}
    return {**only, **kept, "name": job.get("name", name), "needs": needs(job)}
