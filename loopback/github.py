"""The facade for tests and demonstrations: a GitHub with one team, its repositories and its runner."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from loopback import events, filters, pulls
from loopback.hub import Hub
from loopback.repository import Repository
from loopback.runner.act import Progress
from loopback.runner.called import inlined
from loopback.runner.machine import Machine, lay_out
from loopback.runner.results import Run
from loopback.runner.run import Runner
from loopback.runner.workflow import Workflow
from loopback.server import Server
from loopback.tokens import Token, person

FOLDER = ".github/workflows"


class GitHub:
    """A context manager around a hub in `root`, an empty or new folder; `disabled`: names of workflows that
    are switched off, as a repository's owner can.

    >>> with GitHub(tmp_path) as github:
    ...     flights = github.create_repository("acme/flight-delays")
    ...     subprocess.run(["git", "push", flights.url, "main"], env=github.environment(flights), check=True)
    ...     runs = github.dispatch()
    """

    def __init__(self, root: Path, machine: Machine | None = None, *, disabled: Collection[str] = ()) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root, self.machine, self.disabled = root, machine or Machine(), disabled
        self.hub = Hub(root)
        self.server = Server(self.hub)
        self.people: dict[str, Token] = {}

    def __enter__(self) -> GitHub:
        lay_out(self.root / "tools")
        self.server.__enter__()
        return self

    def __exit__(self, *stopped: object) -> None:
        self.server.__exit__(*stopped)

    def create_repository(self, name: str, *, public: bool = False) -> Repository:
        """An empty repository with one member, `ada`."""
        return self.add(self.hub.create_repository(name, public=public), "ada")

    def fork(self, repository: Repository, owner: str) -> Repository:
        """A copy that belongs to somebody else, who may write to it and to nothing else."""
        name = f"{owner}/{repository.name.split('/')[1]}"
        made = self.hub.create_repository(name, public=repository.public, parent=repository.name)
        made.git("fetch", "-q", str(repository.path), "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
        return self.add(made, owner)

    def add(self, repository: Repository, login: str) -> Repository:
        self.people[repository.name] = self.hub.admit(person(login, repository.name))
        return repository

    def environment(self, repository: Repository) -> dict[str, str]:
        """What the repository's member needs in the environment for git and the REST API."""
        return self.server.environment(self.people[repository.name])

    def open_pull(self, repository: Repository, branch: str, title: str, body: str = "", base: str = "main") -> dict:
        """Open a pull request from a pushed branch; from a fork's where `repository` is a fork."""
        target = self.hub.repositories[repository.parent or repository.name]
        head = f"{repository.name.split('/')[0]}:{branch}"
        with self.hub.lock:
            return pulls.open_pull(self.hub, target, head, base, title, body, self.people[repository.name])

    def merge_pull(self, repository: Repository, number: int) -> str:
        """Merge as a member does; return the merge commit."""
        with self.hub.lock:
            return pulls.merge(self.hub, repository, self.pull(repository, number), self.people[repository.name])

    def pull(self, repository: Repository, number: int) -> dict:
        return next(pull for pull in repository.pulls if pull["number"] == number)

    def label(self, repository: Repository, number: int, name: str) -> None:
        """Set a label as a member does."""
        with self.hub.lock:
            pulls.label(self.hub, repository, self.pull(repository, number), name, self.people[repository.name])

    def unlabel(self, repository: Repository, number: int, name: str) -> None:
        """Remove a label as a member does."""
        with self.hub.lock:
            pulls.unlabel(self.hub, repository, self.pull(repository, number), name, self.people[repository.name])

    def comments(self, repository: Repository, number: int) -> list[dict]:
        return [c for c in repository.comments if c["issue_url"].endswith(f"/issues/{number}")]

    def checks(self, repository: Repository, sha: str) -> dict[str, dict]:
        """The latest check run of each name on a commit."""
        return {check["name"]: check for check in repository.check_runs if check["head_sha"] == sha}

    def tags(self, repository: Repository) -> dict[str, str]:
        """Tag → the commit that it points to."""
        names = [ref.removeprefix("refs/tags/") for ref in repository.refs() if ref.startswith("refs/tags/")]
        return {name: repository.find(f"refs/tags/{name}") for name in names}

    def dispatch(self, progress: Progress | None = None) -> list[Run]:
        """Let workflows react to all that has happened, and to what they cause, until nothing is left to do."""
        runs = []
        while self.hub.events:
            runs += self.step(progress)
        return runs

    def step(self, progress: Progress | None = None) -> list[Run]:
        """Let workflows react to the oldest event only."""
        with self.hub.lock:
            fact = self.hub.events.pop(0)
            found = [events.of(self.hub, fact), events.trusted(self.hub, fact)]
        return [run for event in found if event for run in self.react(event, progress)]

    def start(self, repository: Repository, file: str, **inputs: str) -> list[Run]:
        """Start a workflow by hand, as a member does; its run, and what it starts at once."""
        actor = self.people[repository.name].login
        return self.react(events.workflow_dispatch(repository, f"{FOLDER}/{file}", inputs, actor))

    def react(self, event: events.Event, progress: Progress | None = None) -> list[Run]:
        """Run the workflows that one event starts. What follows a requested run runs before its jobs; each
        completed run is an event of its own."""
        repository = self.hub.repositories[event.payload["repository"]["full_name"]]
        runner, runs = Runner(self.server, repository, self.machine, progress), []
        for workflow in workflows(repository, event.sha):
            is_meant = event.workflow in (None, workflow.path) and workflow.name not in self.disabled
            if is_meant and filters.starts(workflow.triggers, event):
                fact = {"name": "workflow_run", "actor": event.actor, "repository": repository.name}
                run = runner.start(workflow, event)
                followers = self.react(events.of(self.hub, {**fact, "action": "requested", "run": run}), progress)
                runs += [runner.run(workflow, event, run), *followers]
                self.hub.events.append({**fact, "action": "completed", "run": run})
        return runs


def workflows(repository: Repository, revision: str) -> list[Workflow]:
    """The workflow files of a commit."""
    paths = repository.git("ls-tree", "--name-only", revision, f"{FOLDER}/").splitlines()
    files = [path for path in paths if path.endswith((".yml", ".yaml"))]
    found = (Workflow(path, repository.read(revision, path) or "") for path in files)
    return [inlined(each, lambda path: repository.read(revision, path)) for each in found]
