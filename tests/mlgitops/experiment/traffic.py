"""Traffic whose truth is known, logged as the service logs it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa

from calibrate import world
from mlgitops.deploy.journal import Deployment
from mlgitops.deploy.place import Place
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint, Route
from mlgitops.experiment.logs import FEEDBACK, PREDICTIONS

NAME = "late-arrival"
OLD, NEW, NEWER = (f"{NAME}@v1.{minor}.0" for minor in (3, 4, 5))
NOISY = 1.0  # of a model that is worse by far; the others have world.NOISE
GATES = """\
name: late-arrival
model: models/late-arrival
predictions: reports/predictions.parquet
task: binary
metrics:
  roc_auc: {role: primary, margin: 0.03, floor: 0.65}
  log_loss: {role: guardrail, margin: 0.03}
  ece: {role: guardrail, margin: 0.001}
  f1: {role: info}
bootstrap: {draws: 400, seed: 2013}
"""
INPUTS = [("inputs.carrier", pa.string())]  # the service logs inputs, too, which nothing here reads


@dataclass
class Traffic:
    """What happens at one endpoint. service_log: the module of the template's service that writes its logs."""

    place: Place
    service_log: ModuleType

    def deploy(self, routes: dict[str, int], result: str = "deployed", **more: object) -> None:
        """Record a deploy, now."""
        endpoint = Endpoint([Route(model, weight) for model, weight in routes.items()], **more)
        wanted = Serving(dict.fromkeys(endpoint.models, "md5:" + "0" * 32), {NAME: endpoint})
        self.place.folder.mkdir(parents=True, exist_ok=True)
        done = Deployment(environment=self.place.name, commit="0" * 40, url="", result=result, wanted=wanted)
        done.append(self.place.journal)

    def answer(self, ids: list[str], models: list[str], outputs: list[float], **more: object) -> None:
        """Log predictions; units: of each; shadow: whether all are; at: when the first was, the others follow."""
        stream = self._stream("predictions", pa.schema([*PREDICTIONS, *map(pa.field, *zip(*INPUTS, strict=True))]))
        units, shadow = more.get("units", [None] * len(ids)), [more.get("shadow", False)] * len(ids)
        self._put(stream, [ids, self._times(len(ids), **more), models, units, shadow, outputs, ["AA"] * len(ids)])

    def tell(self, ids: list[str], truths: list[float], **more: object) -> None:
        """Log what was true."""
        self._put(self._stream("feedback", FEEDBACK), [ids, self._times(len(ids), **more), truths])

    def meet(self, rows: int, weight: int = 50, noise: float = world.NOISE, seed: int = 0, **more: object) -> None:
        """Traffic between OLD and NEW, shared by unit, a unit having five rows; noise: of NEW. told: the share of
        the truths that come in, for each of them."""
        random, units = np.random.default_rng(seed), max(2, rows // 5)
        found = world.binary(random, rows, noise, True, units)
        is_new = (random.random(units) < weight / 100)[found.day]
        ids, names = ids_of(rows, seed), np.char.mod(f"N{seed}-%05d", found.day)
        models, outputs = np.where(is_new, NEW, OLD), np.where(is_new, found.head, found.base)
        self.answer(ids, models.tolist(), outputs.tolist(), units=names.tolist(), **more)
        told = random.random(rows) < np.where(is_new, *more.get("told", (1, 1)))
        self.tell([one for one, known in zip(ids, told, strict=True) if known], found.labels[told].tolist(), **more)

    def shadow(self, rows: int, noise: float = world.NOISE, seed: int = 0) -> None:
        """All traffic answered by OLD, and scored by NEWER in its shadow."""
        found, ids = world.binary(np.random.default_rng(seed), rows, noise, True, rows // 5), ids_of(rows, seed)
        units = np.char.mod("N%05d", found.day).tolist()
        self.answer(ids, [OLD] * rows, found.base.tolist(), units=units)
        self.answer(ids, [NEWER] * rows, found.head.tolist(), units=units, shadow=True)
        self.tell(ids, found.labels.tolist())

    def _times(self, rows: int, at: datetime | None = None, seconds: float = 0.0, **_: object) -> list[int]:
        """Microseconds since 1970."""
        start = (at or datetime.now(UTC)).timestamp()
        return [int((start + seconds * row / rows) * 1e6) for row in range(rows)]

    def _stream(self, kind: str, schema: pa.Schema):
        return self.service_log.Stream(self.place.folder / kind / NAME, schema, lambda chunks: chunks[0])

    def _put(self, stream, columns: list[list]) -> None:
        log = self.service_log.Log(_refuse)
        for start in range(0, len(columns[0]), 20_000):
            part = [column[start : start + 20_000] for column in columns]
            log.put(stream, part, len(part[0]))
            log.gather()
            log.write()


def ids_of(rows: int, seed: int) -> list[str]:
    return [f"{seed:08x}{row:08x}" for row in range(rows)]


def files(place: Place, kind: str = "predictions") -> list[Path]:
    return sorted((place.folder / kind / NAME).glob("*.parquet"))


def _refuse(rows: int) -> None:
    raise AssertionError(f"{rows} rows were dropped")


Maker = Callable[[str], Traffic]
