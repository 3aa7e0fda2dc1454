"""Since when an endpoint's traffic is shared as it is now.

A change of the weights begins another period. Over both of them, the version that grew would have more of its rows
from the later days, and a hard week would look like a bad model (Simpson's paradox; Crook et al. 2009, pitfall 4).
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from mlgitops.deploy.place import Place
from mlgitops.errors import CannotCheck


class Route(msgspec.Struct, frozen=True):
    """weight: percent of the traffic."""

    model: str
    weight: int


class Line(msgspec.Struct, frozen=True):
    """What counts here of a line of deployments.jsonl; whether it is of the endpoint is seen later."""

    time: datetime
    result: str
    endpoints: dict[str, list[Route]]


@dataclass(frozen=True)
class Period:
    """shared: model → its percent of the traffic, more than 0. The first is the champion: the others are held against
    it."""

    since: datetime
    shared: dict[str, int]


def current(place: Place, endpoint: str) -> Period:
    """The period that goes on; CannotCheck where no deploy of the endpoint is recorded on this machine."""
    lines = _deploys(place)
    routes = lines[-1].endpoints.get(endpoint) if lines else None
    if not routes:
        known = ", ".join(sorted(lines[-1].endpoints)) if lines else ""
        step = f"It serves {known}" if known else f"Run this where {place.name} serves"
        raise CannotCheck(f"{place.name} serves no routes of this endpoint from here", given=endpoint, next=step)
    since = lines[-1].time
    for line in reversed(lines):
        if line.endpoints.get(endpoint) != routes:
            break
        since = line.time
    return Period(since, {route.model: route.weight for route in routes if route.weight})


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
