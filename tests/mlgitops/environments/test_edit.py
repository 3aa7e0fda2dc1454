"""An environment's file edited by a program: what was to change has changed, and every other character is as it was."""

import pytest
from msgspec.structs import replace

from mlgitops.environments import edit
from mlgitops.environments.environment import Route, parse
from mlgitops.errors import CannotCheck

PATH = "environments/production.yaml"
FILE = """\
# What production serves.
service: flights.service   # the module
address: 127.0.0.1:8080
after: staging
endpoints:
  late-arrival:
    # two of them: an experiment
    routes:
      - {model: late-arrival@v1.3.0, weight: 90}   # the champion
      - {model: late-arrival@v1.4.0, weight: 10}
    shadow: [late-arrival@v1.5.0]
  delay-minutes: {routes: [{model: "delay-minutes@v0.2.0"}]}   # all of it
"""
BLOCK = """\
service: flights.service
address: 127.0.0.1:8080
endpoints:
  late-arrival:
    routes:
    - model: late-arrival@v1.3.0
      weight: 100
    shadow:
    - late-arrival@v1.5.0
    sticky: tailnum
"""


def edited(text: str, routes: str, name: str = "late-arrival", shadow: list[str] | None = None) -> str:
    """routes: `v1.3.0 90, v1.5.0 10`."""
    endpoint = parse(text.encode(), PATH).endpoints[name]
    pairs = [pair.split(" ") for pair in routes.split(", ")]
    wanted = replace(endpoint, routes=[Route(f"{name}@{version}", int(weight)) for version, weight in pairs])
    wanted = wanted if shadow is None else replace(wanted, shadow=shadow)
    made = edit.endpoint(text.encode(), PATH, name, wanted)
    assert parse(made, PATH).endpoints[name] == wanted
    return made.decode()


def test_a_version_takes_the_place_of_another() -> None:
    assert edited(FILE, "v1.3.0 90, v1.6.0 10") == FILE.replace("@v1.4.0", "@v1.6.0")


def test_weights() -> None:
    made = edited(FILE, "v1.3.0 75, v1.4.0 25")
    assert made == FILE.replace("weight: 90", "weight: 75").replace("weight: 10", "weight: 25")


def test_a_route_that_comes_gets_a_line_like_the_last_one() -> None:
    line = "      - {model: late-arrival@v1.4.0, weight: 10}\n"
    made = edited(FILE, "v1.3.0 80, v1.4.0 10, v1.6.0 10")
    more = line + line.replace("v1.4.0", "v1.6.0")
    assert made == FILE.replace("weight: 90", "weight: 80").replace(line, more)


def test_a_route_that_goes_takes_its_line_along() -> None:
    line = "      - {model: late-arrival@v1.3.0, weight: 90}   # the champion\n"
    assert edited(FILE, "v1.4.0 100") == FILE.replace(line, "").replace("weight: 10}", "weight: 100}")


def test_a_list_in_one_line_grows_and_shrinks() -> None:
    more = '[{model: "delay-minutes@v0.2.0", weight: 60}, {model: "delay-minutes@v0.3.0", weight: 40}]'
    made = edited(FILE, "v0.2.0 60, v0.3.0 40", "delay-minutes")
    assert made == FILE.replace('[{model: "delay-minutes@v0.2.0"}]', more)
    assert edited(made, "v0.2.0 100", "delay-minutes") == FILE.replace('0.2.0"}', '0.2.0", weight: 100}')
    assert edited(made, "v0.3.0 100", "delay-minutes") == FILE.replace('0.2.0"}', '0.3.0", weight: 100}')


def test_three_become_one() -> None:
    three = edited(FILE, "v0.2.0 60, v0.3.0 30, v0.4.0 10", "delay-minutes")
    assert edited(three, "v0.2.0 100", "delay-minutes") == FILE.replace('0.2.0"}', '0.2.0", weight: 100}')


def test_routes_of_two_lines_each() -> None:
    made = edited(BLOCK, "v1.3.0 90, v1.4.0 10")
    item = "    - model: late-arrival@v1.3.0\n      weight: 90\n"
    more = item + "    - model: late-arrival@v1.4.0\n      weight: 10\n"
    assert made == BLOCK.replace(item.replace("90", "100"), more)
    assert edited(made, "v1.4.0 100") == BLOCK.replace("v1.3.0", "v1.4.0")


def test_a_weight_that_was_left_out_is_written() -> None:
    text = BLOCK.replace("      weight: 100\n", "")
    assert edited(text, "v1.3.0 90, v1.4.0 10") == edited(BLOCK, "v1.3.0 90, v1.4.0 10")


@pytest.mark.parametrize("text", [FILE, BLOCK])
def test_a_shadow_that_is_promoted_is_none_any_more(text: str) -> None:
    made = edited(text, "v1.5.0 100", shadow=[])
    assert "shadow" not in made and made.count("late-arrival@") == 1
    assert ("sticky: tailnum" in made) == (text is BLOCK)


def test_one_of_two_shadows_goes() -> None:
    text = FILE.replace("[late-arrival@v1.5.0]", "[late-arrival@v1.5.0, late-arrival@v1.6.0]")
    made = edited(text, "v1.3.0 90, v1.4.0 10", shadow=["late-arrival@v1.6.0"])
    assert made == FILE.replace("v1.5.0", "v1.6.0")


def test_without_a_last_line_break() -> None:
    text = "\n".join(line for line in FILE.splitlines() if "shadow" not in line and "delay" not in line)
    assert edited(text, "v1.3.0 80, v1.4.0 10, v1.6.0 10").endswith(
        "v1.4.0, weight: 10}\n      - {model: late-arrival@v1.6.0, weight: 10}"
    )


def test_what_is_written_once_and_meant_twice_is_for_a_person() -> None:
    text = FILE.replace("[{model:", "&all [{model:").replace("endpoints:", "endpoints:\n  twin: {routes: *all}", 1)
    text = text.replace("  twin: {routes: *all}\n", "") + "  twin: {routes: *all}\n"
    with pytest.raises(CannotCheck, match=f"can't be edited by a program: {PATH}: endpoints.delay-minutes. Edit it"):
        edited(text, "v0.3.0 100", "delay-minutes")
