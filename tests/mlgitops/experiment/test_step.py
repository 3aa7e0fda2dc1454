"""From a verdict to the next share: never beyond what the ramp says, and back where a version is worse."""

import pytest

from mlgitops.environments.environment import Endpoint, Route
from mlgitops.experiment.step import after, is_ramping
from tests.mlgitops.experiment.traffic import NEW, NEWER, OLD

RAMP = [10, 25, 50, 100]


def endpoint(share: int, ramp: list[int] = RAMP) -> Endpoint:
    return Endpoint([Route(OLD, 100 - share), Route(NEW, share)], sticky="tailnum", ramp=ramp)


@pytest.mark.parametrize("verdict", ["better", "no-worse"])
@pytest.mark.parametrize(("share", "then"), [(10, 25), (20, 25), (25, 50)])
def test_what_is_no_worse_takes_the_next_share(verdict: str, share: int, then: int):
    step = after(verdict, endpoint(share), "production")
    assert step.title == f"Advance late-arrival v1.4.0 to {then} % in production"
    assert step.wanted.routes == [Route(OLD, 100 - then), Route(NEW, then)]
    assert (step.wanted.sticky, step.wanted.ramp) == ("tailnum", RAMP)


def test_at_the_end_the_old_route_goes():
    step = after("better", endpoint(50), "production")
    assert step.title == "Advance late-arrival v1.4.0 to 100 % in production"
    assert step.wanted.routes == [Route(NEW, 100)]


def test_what_is_worse_goes():
    step = after("worse", endpoint(25), "production")
    assert step.title == "Withdraw late-arrival v1.4.0 from production"
    assert step.wanted.routes == [Route(OLD, 100)]


@pytest.mark.parametrize("verdict", ["not-sure", "not-comparable"])
def test_what_can_not_be_told_stays(verdict: str):
    assert after(verdict, endpoint(25), "production") is None


def test_only_a_ramp_between_two_ramps():
    assert is_ramping(endpoint(10))
    assert not is_ramping(endpoint(10, ramp=[]))
    assert not is_ramping(Endpoint([Route(OLD, 100)], ramp=RAMP))
    assert not is_ramping(endpoint(0)) and not is_ramping(endpoint(100))
    assert not is_ramping(Endpoint([Route(OLD, 80), Route(NEW, 10), Route(NEWER, 10)], ramp=RAMP))
