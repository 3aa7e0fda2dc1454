"""Since when an endpoint's traffic is shared as it is now.

A change of the weights begins another period. Over both of them, the version that grew would have more of its rows
from the later days, and a hard week would look like a bad model (Simpson's paradox; Crook et al. 2009, pitfall 4).
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from mlgitops.deploy.place import Place
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.errors import CannotCheck


class Line(msgspec.Struct, frozen=True):
    """What counts here of a line of deployments.jsonl."""

    time: datetime
    result: str
    endpoints: dict[str, Endpoint]


@dataclass(frozen=True)
class Period:
    """routes: as they are deployed. shadow: models that are scored beside them."""

    since: datetime
    routes: list[Route]
    shadow: list[str]

    @property
    def shared(self) -> dict[str, int]:
        """model → its percent of the traffic, more than 0. The first is the champion: others are held against it."""
        return {route.model: route.weight for route in self.routes if route.weight}


def current(place: Place, endpoint: str) -> Period:
    """The period that goes on; CannotCheck where no deploy of the endpoint is recorded on this machine."""
    lines = _deploys(place)
    now = lines[-1].endpoints.get(endpoint) if lines else None
    if now is None or not now.routes:
        known = ", ".join(sorted(name for name, each in lines[-1].endpoints.items() if each.routes)) if lines else ""
        step = f"It serves {known}" if known else f"Run this on the machine that serves {place.name}"
        raise CannotCheck(f"{place.name} has no routes of this endpoint here", given=endpoint, next=step)
    since = lines[-1].time
    for line in reversed(lines):
        if not _is_same(line.endpoints.get(endpoint), now):
            break
        since = line.time
    return Period(since, now.routes, now.shadow)


def _is_same(one: Endpoint | None, other: Endpoint) -> bool:
    """Whether the same units meet the same models."""
    return one is not None and (one.routes, one.sticky) == (other.routes, other.sticky)


def _deploys(place: Place) -> list[Line]:
    """Those that changed what serves, oldest first; lines of an earlier form count for nothing."""
    found = []
    for text in place.journal.read_bytes().splitlines() if place.journal.is_file() else []:
        try:
            line = msgspec.json.decode(text, type=Line)
        except msgspec.MsgspecError:
            continue
        if line.result == "deployed":
            found.append(line)
    return found
