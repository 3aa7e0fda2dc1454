"""GitHub's record of what an environment served: a Deployment for each deploy that changes something."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint
from mlgitops.errors import Problem
from mlgitops.github import event
from mlgitops.github.api import PER_PAGE, Api

TASK = "serve"
PAGES = 10  # of a listing that are read at most, newest first
RECENT = 30  # deployments among which the newest success is looked for
DESCRIPTION = 140  # characters; GitHub takes no more
UNFINISHED = ("queued", "pending", "in_progress")


class Payload(msgspec.Struct, frozen=True):
    """What was to serve. smoke: whether its success was preceded by a smoke test."""

    models: dict[str, str]
    endpoints: dict[str, Endpoint]
    smoke: bool = False

    def tested(self) -> dict[str, str]:
        """Version → digest of those that a smoke test asks for."""
        routed = {route.model for endpoint in self.endpoints.values() for route in endpoint.routes}
        return {version: digest for version, digest in self.models.items() if version in routed and self.smoke}


@dataclass(frozen=True)
class Success:
    """A deployment that succeeded."""

    commit: str
    serving: Serving


class Ledger:
    """The deployments of one environment; without an API, nothing is known and nothing is told.

    refused: what GitHub did not take. It is for people to see, and never a reason to stop what works.
    """

    def __init__(self, environment: str, api: Api | None = None) -> None:
        self.environment, self.api = environment, api
        self.refused: list[str] = []
        self._begun: int | None = None

    @classmethod
    def here(cls, environment: str) -> "Ledger":
        """With the token of the job, or of whoever has set one."""
        is_known = os.environ.get("GITHUB_TOKEN") and os.environ.get("GITHUB_REPOSITORY")
        return cls(environment, Api() if is_known else None)

    def of(self, environment: str) -> "Ledger":
        """The same for another environment."""
        return Ledger(environment, self.api)

    def newest(self) -> Success | None:
        """The newest success; None where there is none among the recent ones."""
        for deployment in self._listed(RECENT, pages=1):
            payload = _payload(deployment)
            if payload and "success" in self._states(deployment["id"]):
                return Success(deployment["sha"], Serving(payload.models, payload.endpoints))
        return None

    def served(self, wanted: Mapping[str, str]) -> set[str]:
        """Those of the versions (→ digest) that the environment has served and smoke-tested at any time."""
        found: set[str] = set()
        for deployment in self._listed(PER_PAGE, PAGES) if wanted else ():
            payload = _payload(deployment)
            new = {version for version, digest in (payload.tested() if payload else {}).items() if version not in found}
            new = {version for version in new if wanted.get(version) == payload.models[version]}
            if new and "success" in self._states(deployment["id"]):
                found |= new
            if len(found) == len(wanted):
                break
        return found

    def begin(self, commit: str, wanted: Serving) -> None:
        """Say once that a deploy goes on, after having ended what a job that died has left."""
        if self._begun is None and not self.refused:
            self._tell(self._end_leftovers)
            self._tell(lambda: self._begin(commit, wanted))

    def finish(self, state: str, description: str, url: str) -> None:
        """Say how it ended, success or failure; nothing where it was never said to have begun."""
        if self._begun is not None:
            begun, self._begun = self._begun, None
            self._tell(lambda: self._set(begun, state, description, environment_url=url))

    def _begin(self, commit: str, wanted: Serving) -> None:
        payload = msgspec.to_builtins(Payload(wanted.models, wanted.endpoints, smoke=True))
        fields = {"ref": commit, "task": TASK, "environment": self.environment, "payload": payload}
        # neither merge the default branch into it nor wait for its checks: what is deployed is on the branch already
        fields |= {"auto_merge": False, "required_contexts": [], "description": str(wanted)[:DESCRIPTION]}
        self._begun = self.api.call("POST", "deployments", json=fields)["id"]
        self._set(self._begun, "in_progress", "Fetching, proving, switching, testing")

    def _end_leftovers(self) -> None:
        """Deploys of one environment follow one another: what is still in progress belongs to a job that died."""
        for deployment in self._listed(RECENT, pages=1):
            if next(iter(self._states(deployment["id"])), "pending") not in UNFINISHED:
                return
            self._set(deployment["id"], "error", "Its job ended before it could say how")

    def _set(self, id: int, state: str, description: str, **more: str) -> None:
        fields = {"state": state, "description": description[:DESCRIPTION], **more}
        if url := event.run_url():
            fields["log_url"] = url
        self.api.call("POST", f"deployments/{id}/statuses", json=fields)

    def _listed(self, per_page: int, pages: int) -> Iterator[dict]:
        """Newest first, a page at a time and only as far as somebody reads."""
        asked = {"environment": self.environment, "task": TASK, "per_page": per_page}
        for page in range(1, pages + 1) if self.api else ():
            items = self.api.call("GET", "deployments", params={**asked, "page": page})
            yield from items
            if len(items) < per_page:
                return

    def _states(self, id: int) -> list[str]:
        """Newest first; a success that a later one has made inactive is still among them."""
        listed = self.api.call("GET", f"deployments/{id}/statuses", params={"per_page": PER_PAGE})
        return [status["state"] for status in listed]

    def _tell(self, call: Callable[[], None]) -> None:
        if self.api:
            try:
                call()
            except Problem as problem:
                self.refused.append(f"GitHub's record of it is not complete: {problem}")


def _payload(deployment: dict) -> Payload | None:
    """None for a deployment that somebody else has made."""
    try:
        return msgspec.convert(deployment["payload"], Payload)
    except msgspec.ValidationError:
        return None
