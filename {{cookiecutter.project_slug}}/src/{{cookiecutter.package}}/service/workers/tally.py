"""The numbers of one process, or of several in one, as plain lists that a line of JSON can hold.

A tally is a list of (name, help, type, samples) and a sample is (name, labels, value).
"""

from typing import Any

Tally = list[tuple[str, str, str, list[tuple[str, dict[str, str], float]]]]


def total(tallies: list[Tally]) -> Tally:
    """What several processes counted in all; of a gauge, which says what is, the greatest."""
    families: dict[str, Any] = {}
    for name, text, kind, samples in (family for tally in tallies for family in tally):
        found = families.setdefault(name, (text, kind, {}))[2]
        for sample, labels, value in samples:
            key = sample, tuple(labels.items())
            found[key] = max(found.get(key, 0), value) if kind == "gauge" else found.get(key, 0) + value
    return [
        (name, text, kind, [(sample, dict(labels), value) for (sample, labels), value in found.items()])
        for name, (text, kind, found) in families.items()
    ]


def lasting(tally: Tally) -> Tally:
    """What stays true of a process that has ended: what it counted."""
    return [family for family in tally if family[2] != "gauge"]
