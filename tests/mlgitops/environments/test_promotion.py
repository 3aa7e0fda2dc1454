"""What is to move on: from what staging serves to what production is to take, as the files say."""

import pytest
import yaml

from mlgitops.environments import promotion
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.errors import CannotCheck
from mlgitops.repository.git import Repository
from tests.repositories import commit


def endpoint(routes: str, **more: object) -> Endpoint:
    """routes: `v1.3.0 90, v1.4.0 10`."""
    pairs = [pair.split(" ") for pair in routes.split(", ")]
    return Endpoint([Route(labelled(version), int(weight)) for version, weight in pairs], **more)


def labelled(version: str) -> str:
    return version if "@" in version else f"late-arrival@{version}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("v1.3.0 100", "v1.4.0 100"),
        ("v1.2.0 90, v1.3.0 10", "v1.2.0 90, v1.4.0 10"),
        ("v1.3.0 90, v1.2.0 10", "v1.4.0 90, v1.2.0 10"),
        ("v1.3.0 60, other@v9.0.0 40", "v1.4.0 60, other@v9.0.0 40"),
    ],
)
def test_without_a_ramp_the_newest_makes_room(before: str, after: str) -> None:
    assert promotion.moved(endpoint(before), "late-arrival@v1.4.0") == endpoint(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("v1.3.0 100", "v1.3.0 90, v1.4.0 10"),
        ("v1.2.0 75, v1.3.0 25", "v1.2.0 90, v1.4.0 10"),
        ("v1.0.0 40, v1.2.0 35, v1.3.0 25", "v1.0.0 48, v1.2.0 42, v1.4.0 10"),
        ("v1.3.0 60, other@v9.0.0 40", "v1.3.0 54, other@v9.0.0 36, v1.4.0 10"),
        ("v1.2.0 0, v1.3.0 100", "v1.2.0 90, v1.4.0 10"),
    ],
)
def test_with_a_ramp_it_becomes_the_challenger(before: str, after: str) -> None:
    found = promotion.moved(endpoint(before, ramp=[10, 100]), "late-arrival@v1.4.0")
    assert found == endpoint(after, ramp=[10, 100])


@pytest.mark.parametrize("ramp", [[], [10, 100]])
@pytest.mark.parametrize("version", ["late-arrival@v1.3.0", "late-arrival@v1.2.9", "other@v9.0.0"])
def test_what_serves_or_is_older_or_another_model_moves_nothing(version: str, ramp: list[int]) -> None:
    assert promotion.moved(endpoint("v1.3.0 100", ramp=ramp), version) is None


def test_versions_are_numbers() -> None:
    assert promotion.moved(endpoint("v1.9.0 100"), "late-arrival@v1.10.0") == endpoint("v1.10.0 100")


def test_what_is_promoted_is_no_shadow_any_more() -> None:
    shadowed = endpoint("v1.3.0 100", shadow=["late-arrival@v1.4.0", "late-arrival@v1.5.0"])
    found = promotion.moved(shadowed, "late-arrival@v1.4.0")
    assert found == endpoint("v1.4.0 100", shadow=["late-arrival@v1.5.0"])


def register(repository: Repository, model: str, *versions: str) -> None:
    """Tags as `register` makes them, each of a commit with a dvc.lock of its own."""
    for number, version in enumerate(versions):
        digest = f"{number:032x}"
        lock = {"stages": {"package": {"outs": [{"path": f"models/{model}", "md5": f"{digest}.dir"}]}}}
        commit(repository, {"dvc.lock": yaml.safe_dump(lock)})
        message = f"Register\n\ndigest: md5:{digest}\npath: models/{model}"
        repository.git("tag", "--annotate", "-m", message, f"{model}@{version}")
        repository.git("push", "--quiet", "origin", f"{model}@{version}")


def environments(repository: Repository, production: str, after: str = "staging") -> None:
    head = "service: flights.service\naddress: 127.0.0.1:{}\n"
    staging = (
        "endpoints:\n  late: {routes: [{model: late-arrival@latest}]}\n  other: {routes: [{model: other@latest}]}\n"
    )
    files = {"staging": head.format(8081) + staging}
    files["production"] = head.format(8080) + (f"after: {after}\n" if after else "") + f"endpoints:\n{production}"
    commit(repository, {f"environments/{name}.yaml": text for name, text in files.items()})


PRODUCTION = """\
  late:
    routes:
      - {model: late-arrival@v1.2.0, weight: 20}
      - {model: late-arrival@v1.3.0, weight: 80} # most of it
  early: {routes: [{model: late-arrival@v1.1.0}]}
  other: {routes: [{model: other@v0.2.0}]}
"""


def test_one_promotion_for_each_model_with_all_its_endpoints(repository: Repository) -> None:
    register(repository, "late-arrival", "v1.1.0", "v1.2.0", "v1.3.0", "v1.4.0")
    register(repository, "other", "v0.2.0")
    environments(repository, PRODUCTION)
    (found,) = promotion.find(repository, "production")
    assert (found.model.version, found.instead) == ("late-arrival@v1.4.0", "late-arrival@v1.1.0")
    assert set(found.before) == set(found.after) == {"late", "early"}
    was = repository.show("HEAD", "environments/production.yaml").decode()
    assert found.content.decode() == was.replace("late-arrival@v1.3.0", "late-arrival@v1.4.0").replace(
        "late-arrival@v1.1.0", "late-arrival@v1.4.0"
    )


def test_nothing_is_promoted_before_the_first_registration(repository: Repository) -> None:
    environments(repository, PRODUCTION)
    assert promotion.find(repository, "production") == []


def test_the_environment_before_has_to_be_named(repository: Repository) -> None:
    environments(repository, PRODUCTION, after="")
    with pytest.raises(CannotCheck, match="Name the one before it in environments/production.yaml: `after: staging`"):
        promotion.find(repository, "production")
