"""A run of one workflow for one event: its jobs in order, each with its own token, recorded in the hub."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from loopback.certificates import HOSTS
from loopback.events import Event
from loopback.hub import now
from loopback.repository import Repository
from loopback.runner import act, records
from loopback.runner.machine import Machine
from loopback.runner.results import Job, Run
from loopback.runner.uses import action_files, stand_ins
from loopback.runner.workflow import Workflow
from loopback.server import Server
from loopback.tokens import BOT, Token, granted


@dataclass
class Runner:
    """Runs workflows of one repository on one machine."""

    server: Server
    repository: Repository
    machine: Machine
    progress: act.Progress | None = None

    def start(self, workflow: Workflow, event: Event) -> int:
        """Record a run of the workflow whose jobs have not started; its id."""
        hub = self.server.hub
        with hub.lock:
            record = records.of_run(hub.next_id(), self.repository, workflow, event)
            self.repository.runs.append(record)
        return record["id"]

    def run(self, workflow: Workflow, event: Event, id: int) -> Run:
        """Run every job of a started run. Raises NotRun where a job was neither run nor skipped by its `if:`."""
        started, hub = time.monotonic(), self.server.hub
        record = next(run for run in self.repository.runs if run["id"] == id)
        record.update(status="in_progress", updated_at=now())
        jobs: dict[str, Job] = {}
        for name in workflow.order():
            jobs[name] = self.job(workflow, event, name, jobs, id)
        facts = (workflow.name, workflow.path, event.name, event.head_branch, event.head_sha)
        artifacts = [a["name"] for a in self.repository.artifacts if a["workflow_run"]["id"] == id]
        run = Run(id, *facts, jobs, artifacts, round(time.monotonic() - started, 3))
        record.update(status="completed", conclusion=run.conclusion, updated_at=now())
        hub.dump()
        return run

    def job(self, workflow: Workflow, event: Event, name: str, done: Mapping[str, Job], run: int) -> Job:
        """Run one job with a token of exactly its permissions, which ends with it."""
        given = workflow.jobs[name]
        permissions = granted(workflow.document, given, read_only=event.fork)
        token = Token(BOT, self.repository.name, permissions, workflow=True, run=run)
        runtime = Token("actions-runtime", self.repository.name, {}, workflow=True, run=run, runtime=True)
        job = Job(name, str(given.get("name", name)), "skipped", permissions=permissions)
        folder = self.server.hub.root / "runs" / str(run) / name
        command = self.command(workflow, event, name, done, folder)
        variables = self.variables(event, run, token, runtime)
        env = self.environment(folder)
        hub, begun = self.server.hub, now()
        for one in (token, runtime):
            hub.admit(one)
        try:
            act.run([*command, *variables], env, job, self.machine.timeout, self.progress)
        finally:
            for one in (token, runtime):
                del hub.tokens[one.value]
            (folder / "log.txt").write_text(job.log)
        self.repository.jobs.append(records.of_job(hub.next_id(), self.repository, job, event, run, begun))
        if job.conclusion == "skipped" and not (given.get("if") or given.get("needs")):
            raise act.NotRun(f"Job {name} was not run, and it has no `if:`:\n{job.log}")
        return job

    def command(self, workflow: Workflow, event: Event, name: str, done: Mapping[str, Job], folder: Path) -> list[str]:
        """act's command line; an empty work directory, so that only checkout brings files."""
        for part in ("work", "home"):
            (folder / part).mkdir(parents=True)
        file, payload = folder / Path(workflow.path).name, folder / "event.json"
        file.write_text(workflow.alone(name, done, self.machine.labels[0]))
        payload.write_text(json.dumps(event.payload))
        words = [act.executable(), event.name, "--json", "--rm", "--no-skip-checkout", "--no-cache-server"]
        words += ["-C", str(folder / "work"), "-W", str(file), "-e", str(payload), "-j", name, "--actor", event.actor]
        words += ["--action-cache-path", str(folder / "act"), "--defaultbranch", self.repository.default_branch]
        words += [word for label in self.machine.labels for word in ("-P", f"{label}=-self-hosted")]
        return words + stand_ins(file.read_text(), action_files(self.repository, event.sha))

    def variables(self, event: Event, run: int, token: Token, runtime: Token) -> list[str]:
        env = {
            "GITHUB_REPOSITORY": self.repository.name,
            "GITHUB_REF": event.ref,
            "SHA_REF": event.sha,
            "GITHUB_RUN_ID": str(run),
            "GITHUB_RUN_NUMBER": str(next(one["run_number"] for one in self.repository.runs if one["id"] == run)),
            "ACTIONS_RESULTS_URL": f"https://{HOSTS[2]}/",
            "ACTIONS_RUNTIME_TOKEN": runtime.value,
        }
        words = [word for name, value in env.items() for word in ("--env", f"{name}={value}")]
        words += [word for name, value in self.machine.variables.items() for word in ("--var", f"{name}={value}")]
        return [*words, "-s", f"GITHUB_TOKEN={token.value}"]

    def environment(self, folder: Path) -> dict[str, str]:
        """The environment of a job, built from nothing."""
        fixed = {"HOME": str(folder / "home"), "ACT_DISABLE_VERSION_CHECK": "1"}
        # a checkout that failed must not leave git looking into a repository around the hub's folder
        fixed |= {"GIT_CEILING_DIRECTORIES": str(self.server.hub.root.resolve())}
        return {**self.machine.job_environment(self.server.hub.root / "tools"), **self.server.environment(), **fixed}
