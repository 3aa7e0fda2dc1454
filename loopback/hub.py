"""What the loopback GitHub knows: repositories, tokens, events that no workflow has met yet."""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from loopback.repository import Repository
from loopback.tokens import BOT, Token


@dataclass
class Fault:
    """REST calls that go wrong: `call` is a regular expression over `METHOD /path`; the next `times` that match
    are answered with `status` and `headers`, or, where no status is given, as usual but `delay` seconds late."""

    call: str
    status: int | None = None
    times: int = 1_000_000
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "Something went wrong."
    delay: float = 0.0

    def hits(self, call: str) -> bool:
        hit = self.times > 0 and re.search(self.call, call) is not None
        self.times -= hit
        return hit


@dataclass
class Hub:
    """All state, in memory; `dump` writes it to ROOT/state.json, `log` appends to ROOT/<name>.jsonl."""

    root: Path
    repositories: dict[str, Repository] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    events: list[dict] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    last_id: int = 1000

    def __post_init__(self) -> None:
        (self.root / "git").mkdir(parents=True, exist_ok=True)
        (self.root / "artifacts").mkdir(exist_ok=True)

    def next_id(self) -> int:
        with self.lock:
            self.last_id += 1
            return self.last_id

    def create_repository(self, name: str, *, public: bool = False, parent: str | None = None) -> Repository:
        made = Repository(self.next_id(), name, self.root / "git" / f"{name}.git", public=public, parent=parent)
        made.create()
        self.repositories[name] = made
        return made

    def admit(self, token: Token) -> Token:
        """Make a token known, so that requests with it are answered."""
        self.tokens[token.value] = token
        return token

    def emit(self, name: str, token: Token | None, **facts: object) -> None:
        """Queue an event. What a job's token did starts no workflow, as on GitHub."""
        if token is None or not token.workflow:
            self.events.append({"name": name, "actor": token.login if token else BOT, **facts})

    def log(self, name: str, **entry: object) -> None:
        with self.lock, (self.root / f"{name}.jsonl").open("a") as file:
            file.write(json.dumps({"time": round(time.time(), 3), **entry}) + "\n")

    def dump(self) -> None:
        with self.lock:
            state = {
                name: vars(repository) | {"path": str(repository.path)}
                for name, repository in self.repositories.items()
            }
            beside = self.root / "state.json.new"
            beside.write_text(json.dumps(state, indent=1))
            beside.rename(self.root / "state.json")


def now() -> str:
    """The time as the REST API writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def account(login: str) -> dict:
    """A user, a bot or an organization in the short form that other objects carry."""
    kind = "Bot" if login.endswith("[bot]") else "User"
    slug = login.replace("[bot]", "")
    return {
        "login": login,
        "id": sum(map(ord, login)),
        "type": kind,
        "url": f"https://api.github.com/users/{login}",
        "html_url": f"https://github.com/{'apps/' if kind == 'Bot' else ''}{slug}",
        "site_admin": False,
    }


def described(repository: Repository) -> dict:
    """A repository in the form that other objects carry."""
    owner, name = repository.name.split("/")
    return {
        "id": repository.id,
        "name": name,
        "full_name": repository.name,
        "owner": account(owner),
        "private": not repository.public,
        "fork": repository.parent is not None,
        "default_branch": repository.default_branch,
        "html_url": f"https://github.com/{repository.name}",
        "url": f"https://api.github.com/repos/{repository.name}",
        "clone_url": f"https://github.com/{repository.name}.git",
    }
