"""Which workflows an event starts: the filters under `on:`, which act ignores."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from loopback.events import Event

OPENED = ("opened", "synchronize", "reopened")
DEFAULT_TYPES = {"pull_request": OPENED, "pull_request_target": OPENED, "workflow_run": None}
KNOWN = {
    "push": {"branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"},
    "pull_request": {"types", "branches", "branches-ignore", "paths", "paths-ignore"},
    "pull_request_target": {"types", "branches", "branches-ignore"},
    "workflow_run": {"types", "workflows", "branches", "branches-ignore"},
    "workflow_dispatch": {"inputs"},
}


def starts(triggers: Mapping[str, Mapping], event: Event) -> bool:
    """Whether a workflow with these triggers reacts to the event. Raises ValueError for an unknown filter."""
    if event.name not in triggers:
        return False
    filters = triggers[event.name]
    unknown = set(filters) - KNOWN[event.name]
    if unknown:
        raise ValueError(f"on: {event.name}: {', '.join(sorted(unknown))} is no filter of this event")
    return typed(filters, event) and named(filters, event) and placed(filters, event) and touched(filters, event)


def typed(filters: Mapping, event: Event) -> bool:
    types = filters.get("types", DEFAULT_TYPES.get(event.name))
    return types is None or event.action in ([types] if isinstance(types, str) else types)


def named(filters: Mapping, event: Event) -> bool:
    """workflow_run names the workflows that it follows."""
    return event.name != "workflow_run" or event.payload["workflow"]["name"] in filters["workflows"]


def placed(filters: Mapping, event: Event) -> bool:
    """The branch, or for a push the tag, is one that the filters take."""
    kind, value = ("tags", event.head_branch) if event.branch is None else ("branches", event.branch)
    if kind in filters or f"{kind}-ignore" in filters:
        return selected(filters.get(kind), value) and not any_of(filters.get(f"{kind}-ignore", ()), value)
    other = {"tags": "branches", "branches": "tags"}[kind]
    return event.name != "push" or not (other in filters or f"{other}-ignore" in filters)


def touched(filters: Mapping, event: Event) -> bool:
    """Some changed path is one that the filters take; pushes of tags are not looked at."""
    if event.branch is None or not ("paths" in filters or "paths-ignore" in filters):
        return True
    ignored = filters.get("paths-ignore", ())
    return any(selected(filters.get("paths"), path) and not any_of(ignored, path) for path in event.changed)


def selected(patterns: Iterable[str] | None, value: str) -> bool:
    """The last pattern that matches decides; one that starts with ! takes out again."""
    if patterns is None:
        return True
    taken = False
    for pattern in patterns:
        if matches(pattern.removeprefix("!"), value):
            taken = not pattern.startswith("!")
    return taken


def any_of(patterns: Iterable[str], value: str) -> bool:
    return any(matches(pattern, value) for pattern in patterns)


def matches(pattern: str, value: str) -> bool:
    """GitHub's filter patterns: * stays within a path part, ** does not, ? + and [] act on what is before them."""
    parts = re.findall(r"\*\*/?|\*|\[[^\]]*\]|[?+]|\\?.", pattern)
    forms = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    form = "".join(forms.get(part) or (part if part.startswith("[") else re.escape(part[-1])) for part in parts)
    return re.fullmatch(form, value) is not None
