"""The running service, asked over HTTP."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from mlgitops.deploy.supervisord import VARIABLE
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint


@dataclass(frozen=True)
class Status:
    """What a service says that it serves. since: ISO time of that deploy."""

    environment: str
    commit: str | None
    since: str
    serving: Serving


@dataclass(frozen=True)
class Client:
    """key: what the service asks for; unless given, what the environment says."""

    url: str
    key: str = field(default_factory=lambda: os.environ.get(VARIABLE, ""), repr=False)

    def status(self) -> Status | None:
        """None where no service answers."""
        try:
            found = self._request("GET", "/status").raise_for_status().json()
            endpoints = msgspec.convert(found["endpoints"], dict[str, Endpoint])
            serving = Serving(msgspec.convert(found["models"], dict[str, str]), endpoints)
            return Status(found["environment"], found["commit"], found["since"], serving)
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return None

    def reload(self, state: str) -> str | None:
        """Ask the service to serve another state; None when it does, else its reason not to."""
        try:
            answer = self._request("POST", "/-/reload", json={"state": state}, timeout=60)
        except httpx.HTTPError as error:
            return f"no answer ({type(error).__name__})"
        return None if answer.is_success else answer.json().get("problem", f"HTTP {answer.status_code}")

    def wait(self, alive: Callable[[], bool], seconds: float) -> Status | None:
        """The first status within that time; None when there was none, or once `alive` says no."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and alive():
            if found := self.status():
                return found
            time.sleep(0.1)
        return None

    def session(self, unit: str = "") -> httpx.Client:
        """A connection for many requests; unit: who is said to ask."""
        headers = ({"X-API-Key": self.key} if self.key else {}) | ({"X-Unit": unit} if unit else {})
        # a proxy has no business between two local processes
        return httpx.Client(base_url=self.url, headers=headers, timeout=5, trust_env=False)

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        with self.session() as http:
            return http.request(method, path, **options)
