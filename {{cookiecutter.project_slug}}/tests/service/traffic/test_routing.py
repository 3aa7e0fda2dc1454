"""Who meets which model: by the weights, for good, and anew for each pair of models and each endpoint."""

import subprocess
import sys
from collections import Counter

import pytest

from {{ cookiecutter.package }}.service.statefile import Route
from {{ cookiecutter.package }}.service.traffic.routing import Router

UNITS = [f"N{number}" for number in range(100_000)]


def router(*weights: int, endpoint: str = "late-arrival", first: int = 0) -> Router:
    routes = [Route(f"late-arrival@v1.{first + n}.0", weight) for n, weight in enumerate(weights)]
    return Router(endpoint, routes)


@pytest.mark.parametrize("weights", [(90, 10), (50, 50), (1, 99), (60, 30, 10), (100, 0)])
def test_shares_are_the_weights(weights):
    shares = Counter(map(router(*weights).model, UNITS))
    for number, weight in enumerate(weights):
        assert abs(shares[f"late-arrival@v1.{number}.0"] / 1000 - weight) <= 1
    assert weights != (100, 0) or len(shares) == 1


def test_a_unit_meets_the_same_model_in_another_process():
    script = (
        "from {{ cookiecutter.package }}.service.traffic.routing import Router\n"
        "from {{ cookiecutter.package }}.service.statefile import Route\n"
        "routes = [Route('late-arrival@v1.0.0', 50), Route('late-arrival@v1.1.0', 50)]\n"
        "route = Router('late-arrival', routes)\n"
        "print(*[route.model(f'N{number}') for number in range(1000)])\n"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.split() == list(map(router(50, 50).model, UNITS[:1000]))


def test_units_stay_where_they_are_from_release_to_release():
    """A change of the hash would hand running experiments other units."""
    found = "".join(router(50, 50).model(unit)[-3] for unit in UNITS[:40])
    assert found == "1110110111010111001010100011111110100100"


def test_a_growing_challenger_keeps_its_units():
    met = [challenged(router(100 - share, share)) for share in (10, 25, 50, 100)]
    assert met[0] < met[1] < met[2] < met[3] == set(UNITS)


def challenged(routed: Router) -> set[str]:
    return {unit for unit in UNITS if routed.model(unit) == "late-arrival@v1.1.0"}


def test_another_pair_shuffles_the_units():
    """Of those who met the first challenger, as many meet the next one as of all."""
    first, second = router(50, 50), router(50, 50, first=1)
    early = [unit for unit in UNITS if first.model(unit) == "late-arrival@v1.1.0"]
    again = sum(second.model(unit) == "late-arrival@v1.2.0" for unit in early)
    assert abs(again / len(early) - 0.5) < 0.01


def test_endpoints_do_not_depend_on_each_other():
    one, other = router(50, 50), router(50, 50, endpoint="arrival-hint")
    assert abs(sum(one.model(unit) == other.model(unit) for unit in UNITS) / len(UNITS) - 0.5) < 0.01


def test_one_route_needs_no_unit():
    assert router(0, 100).only == "late-arrival@v1.1.0" and router(50, 50).only is None
