"""The rows of one endpoint: scored by the model that their unit meets, logged, and shown to the shadows."""

from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from ..logs import record
from ..logs.log import Log, now
from ..logs.record import Scored
from ..metrics import Metrics
from ..models.model import Model
from .endpoint import Endpoint
from .routing import Router
from .shadow import Shadow, Shadows

SMOKE_TEST = "smoke-test"  # the unit of a deploy's own requests, which statistics leave out


class Caller(NamedTuple):
    """What a request says beside its rows. unit: the caller's key. version: the model that is asked for."""

    unit: str | None = None
    version: str | None = None


class Scoring:
    """An endpoint at work."""

    def __init__(
        self, endpoint: Endpoint, *, log: Log, shadows: Shadows, metrics: Metrics, folder: Path
    ) -> None:
        self._log, self._shadows, self._stream = log, shadows, record.predictions(endpoint, folder)
        self._router = Router(endpoint.name, endpoint.routes.routes)
        self._named = endpoint.named
        fields = [each.name for each in endpoint.inputs]
        self._scorers = {name: each.bundle.scorer(fields) for name, each in endpoint.models.items()}
        self._seconds = {name: metrics.seconds.labels(endpoint.name, name) for name in endpoint.models}
        self._rows = {name: metrics.rows.labels(endpoint.name, name) for name in endpoint.models}
        self._watching = [self._shadow(endpoint, each, fields) for each in endpoint.shadows]
        sticky = endpoint.routes.sticky
        self._sticky = None if sticky is None else fields.index(sticky)

    def __call__(self, rows: list[tuple], ids: list[str], caller: Caller) -> Scored:
        """Score rows, which have the endpoint's fields; ids: one for each row."""
        units = self._units(rows, caller)
        models = self._assigned(units, ids, caller)
        outputs = self._outputs(models, rows)
        scored = Scored(ids, now(), models, units, False, outputs, rows)
        self._log.put(self._stream, scored, len(rows))
        if self._watching:
            self._shadows.put(self._watching, scored)
        return scored

    def _units(self, rows: list[tuple], caller: Caller) -> list[str | None]:
        if self._sticky is None or caller.unit == SMOKE_TEST:
            return [caller.unit] * len(rows)
        values = [row[self._sticky] for row in rows]
        return [value if value is None else str(value) for value in values]

    def _assigned(self, units: list[str | None], ids: list[str], caller: Caller) -> list[str]:
        """The model of each row: the one that the caller asks for, or that its unit or its request meets."""
        asked = self._named(caller.version) if caller.version else None
        if only := asked.name if asked else self._router.only:
            return [only] * len(units)
        request = ids[0].partition("-")[0]
        if self._sticky is None:
            return [self._router.model(units[0] or request)] * len(units)
        return [self._router.model(request if unit is None else unit) for unit in units]

    def _outputs(self, models: list[str], rows: list[tuple]) -> list[float]:
        """The output of each row, by one run of each model."""
        if len(found := set(models)) == 1:
            return self._run(models[0], rows)
        outputs = [0.0] * len(rows)
        for name in found:
            places = [place for place, model in enumerate(models) if model == name]
            for place, output in zip(places, self._run(name, [rows[place] for place in places]), strict=True):
                outputs[place] = output
        return outputs

    def _run(self, name: str, rows: list[tuple]) -> list[float]:
        started = perf_counter()
        outputs = self._scorers[name](rows)
        self._seconds[name].observe(perf_counter() - started)
        self._rows[name].inc(len(rows))
        return outputs

    def _shadow(self, endpoint: Endpoint, model: Model, fields: list[str]) -> Shadow:
        always = set.intersection(*(each.required for each in endpoint.models.values()))
        needed = [fields.index(each) for each in model.required - always]
        return Shadow(endpoint.name, model.name, model.bundle.scorer(fields), self._stream, needed)
