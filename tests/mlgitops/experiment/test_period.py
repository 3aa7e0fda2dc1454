"""Since when the traffic is shared as it is: of one endpoint, whatever was deployed in between."""

import json
from datetime import datetime

import pytest

from mlgitops.errors import CannotCheck
from mlgitops.experiment.period import current
from tests.mlgitops.experiment.traffic import NAME, NEW, NEWER, OLD, Traffic

HALF = {OLD: 50, NEW: 50}


def since(traffic: Traffic) -> int:
    """The hour of the deploy that began it, of deploys that were an hour apart."""
    lines = [json.loads(line) for line in traffic.place.journal.read_text().splitlines()]
    for hour, line in enumerate(lines):
        line["time"] = f"2026-01-01T{hour:02d}:00:00+00:00"
    traffic.place.journal.write_text("\n".join(map(json.dumps, lines)) + "\n")
    found = current(traffic.place, NAME).since
    assert found == datetime.fromisoformat(lines[found.hour]["time"])
    return found.hour


def test_it_begins_with_the_deploy_of_these_weights(traffic: Traffic):
    traffic.deploy({OLD: 100})
    traffic.deploy(HALF)
    traffic.deploy({OLD: 90, NEW: 10})
    traffic.deploy(HALF)
    assert since(traffic) == 3


def test_deploys_that_leave_the_routes_alone_do_not_end_it(traffic: Traffic):
    traffic.deploy({OLD: 100})
    traffic.deploy(HALF)
    traffic.deploy(HALF, shadow=[NEWER])
    traffic.deploy({OLD: 100}, result="failed")
    traffic.deploy(HALF)
    assert since(traffic) == 1 and current(traffic.place, NAME).shadow == []


def test_another_field_that_decides_ends_it(traffic: Traffic):
    traffic.deploy(HALF, sticky="tailnum")
    traffic.deploy(HALF, sticky="carrier")
    assert since(traffic) == 1


def test_a_line_of_an_earlier_form_is_passed_over(traffic: Traffic):
    traffic.deploy(HALF)
    with traffic.place.journal.open("a") as journal:
        journal.write('{"time": "2025-01-01T00:00:00+00:00", "endpoints": {"late-arrival": {"from": null}}}\n{"ti')
    assert current(traffic.place, NAME).shared == HALF


def test_a_version_without_traffic_has_no_part(traffic: Traffic):
    traffic.deploy({OLD: 60, NEW: 40, NEWER: 0})
    assert current(traffic.place, NAME).shared == {OLD: 60, NEW: 40}


def test_what_is_not_deployed_here_has_none(traffic: Traffic):
    with pytest.raises(CannotCheck, match="production has no routes of this endpoint here: late-arrival"):
        current(traffic.place, NAME)
