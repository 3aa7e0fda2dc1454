"""An experiment, from the logs of an environment to what they say of its versions."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from mlgitops.compare.gates import Gates, read
from mlgitops.deploy.place import Place
from mlgitops.errors import CannotCheck
from mlgitops.experiment import logs, shares
from mlgitops.experiment.arm import Arm, arms, both
from mlgitops.experiment.comparison import Rules, compared, shadowed
from mlgitops.experiment.period import Period, current
from mlgitops.experiment.result import Comparison, Experiment

LEAST = 5  # units that the weights let expect in every arm: before, the shares mean nothing


def experiment(place: Place, endpoint: str, gates_files: list[Path], root: Path) -> Experiment:
    """What the present period of an endpoint says; CannotCheck where there is nothing to compare.

    gates_files: one of them is of the endpoint's model. root: of the project, for metrics of a team's own.
    """
    period = current(place, endpoint)
    found = logs.read(place.folder, endpoint, period.since)
    is_shadow = found.predictions["shadow"]
    answered, shadow = (found.predictions.filter(mask) for mask in (pc.invert(is_shadow), is_shadow))
    _refuse_nothing(place, endpoint, period, answered)
    gates, until = _gates(gates_files, period), pc.max(answered["time"]).as_py()
    sides, mixed = arms(answered, list(period.shared))
    rules = Rules(gates, root, (until - period.since).total_seconds())
    return Experiment(
        environment=place.name,
        endpoint=endpoint,
        since=period.since,
        until=until,
        confidence=gates.bootstrap.confidence,
        draws=gates.bootstrap.draws,
        comparisons=[*_routes(rules, sides, period), *_shadows(rules, answered, shadow, period)],
        mixed=mixed,
        skipped=found.skipped,
    )


def _routes(rules: Rules, sides: list[Arm], period: Period) -> Iterator[Comparison]:
    """Each version but the first against it."""
    units, weights = [arm.assigned for arm in sides], list(period.shared.values())
    told = sum(units) * min(weights) >= LEAST * sum(weights)
    chance = shares.mismatch(units, weights) if told else None
    for head in sides[1:]:
        yield compared(rules, sides[0], head, period.shared, chance)


def _shadows(rules: Rules, answered: pa.Table, shadow: pa.Table, period: Period) -> Iterator[Comparison]:
    """Each shadow against the first version, on what that one answered."""
    for model in period.shadow:
        yield shadowed(rules, *both(answered, shadow, (next(iter(period.shared)), model)), period.shared)


def _refuse_nothing(place: Place, endpoint: str, period: Period, answered: pa.Table) -> None:
    """CannotCheck, with what to do, where versions, predictions or truths are missing altogether."""
    since = f"{endpoint} in {place.name}, since {period.since:%Y-%m-%d %H:%M} UTC"
    if len(period.shared) < 2 and not period.shadow:
        given, step = next(iter(period.shared)), f"Add a route or a shadow in environments/{place.name}.yaml"
        raise CannotCheck("Only one version answers", given=given, next=step)
    if not len(answered):
        raise CannotCheck("No prediction is logged", given=since, next=f"Ask it: POST /v1/{endpoint}/predict")
    if not pc.any(answered["truth"].is_valid()).as_py():
        step = f'Tell it: POST /v1/{endpoint}/feedback {{"id": …, "truth": …}}'
        raise CannotCheck("The truth of no prediction is known", given=since, next=step)


def _gates(files: list[Path], period: Period) -> Gates:
    """Those of the first version's model."""
    found = {gates.name: gates for gates in map(read, files)}
    name = next(iter(period.shared)).partition("@")[0]
    if name not in found:
        given = ", ".join(map(str, files))
        raise CannotCheck(f"These gates are not of the model {name}", given=given, next="Name its file with --gates")
    return found[name]
