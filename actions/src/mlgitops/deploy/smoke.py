"""The test after a switch: what serves gives over HTTP what its bundles recorded when they were packaged."""

import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from mlgitops.deploy.client import Client
from mlgitops.deploy.journal import Passed
from mlgitops.deploy.place import SMOKE_TEST
from mlgitops.environments.desired import Serving
from mlgitops.environments.environment import Endpoint
from mlgitops.errors import CheckFailed

TOLERANCE = 1e-4  # between a golden row's output and the recorded one
TIMED = 50  # answers to single rows; their median is what a caller meets
TURNS = 3  # of timing, the best counts: the machine may be busy with something else for a moment
UNFIT = 422  # a value that the endpoint does not take
UNEXPECTED = (httpx.HTTPError, msgspec.MsgspecError, OSError, ValueError, LookupError, TypeError)


class Example(msgspec.Struct, frozen=True):
    """A golden row: inputs, and the output that the model gave when it was packaged."""

    inputs: dict[str, Any]
    output: float


class Named(msgspec.Struct, frozen=True):
    """An input or an output."""

    name: str
    type: str


class Signature(msgspec.Struct, frozen=True):
    """What this test needs of a bundle's signature.json."""

    inputs: list[Named]
    outputs: list[Named]
    examples: list[Example]


@dataclass(frozen=True)
class Smoke:
    """bundles: version → its folder. limits: model → the most milliseconds that a row may take."""

    client: Client
    serving: Serving
    bundles: Mapping[str, Path]
    limits: Mapping[str, float]

    def test(self) -> Passed:
        """Ask every endpoint for every version that it routes to; CheckFailed with the first answer that is wrong."""
        try:
            with self.client.session(SMOKE_TEST) as http:
                routed = {name: each for name, each in self.serving.endpoints.items() if each.routes}
                found = [each for name, endpoint in routed.items() for each in self._endpoint(http, name, endpoint)]
                for name in self.serving.endpoints.keys() - routed.keys():
                    self._pipeline(http, name, routed)
        except UNEXPECTED as error:
            raise CheckFailed("The smoke test got no answer that it understands", given=repr(error)) from error
        return Passed(sum(each.rows for each in found), max((each.latency_ms for each in found), default=0.0))

    def _endpoint(self, http: httpx.Client, name: str, endpoint: Endpoint) -> Iterator[Passed]:
        self._schema(http, name, endpoint)
        for route in endpoint.routes:
            rows = list(self._golden(http, name, endpoint, route.model))
            if not rows:
                raise CheckFailed(f"{name} takes none of the golden rows of {route.model}")
            yield Passed(len(rows), self._latency(http, name, route.model, rows))

    def _schema(self, http: httpx.Client, name: str, endpoint: Endpoint) -> None:
        """The endpoint says the inputs that its models need, and at most what shadows and `sticky` add."""
        inputs = http.get(f"/v1/{name}/schema").raise_for_status().json()["inputs"]
        said = {(each["name"], each["type"]) for each in inputs}
        known = {(each.name, each.type) for model in endpoint.models for each in self._signature(model).inputs}
        needed = {each.name for route in endpoint.routes for each in self._signature(route.model).inputs}
        missing = needed - {name for name, _ in said}
        others = {name for name, _ in said - known if name != endpoint.sticky}
        if wrong := sorted(missing | others):
            raise CheckFailed(f"/v1/{name}/schema does not say the inputs of its models", given=wrong[0])

    def _golden(self, http: httpx.Client, name: str, endpoint: Endpoint, version: str) -> Iterator[dict]:
        """The golden rows of a version that the endpoint takes: where it has several models, another may not."""
        signature = self._signature(version)
        for number, example in enumerate(signature.examples, start=1):
            row = self._row(endpoint, example)
            answer = _ask(http, name, version, row)
            if answer.status_code == UNFIT and len(endpoint.routes) > 1:
                continue
            self._check(_only(answer), version, signature.outputs[0].name, number, example.output)
            yield row

    def _row(self, endpoint: Endpoint, example: Example) -> dict[str, Any]:
        """A golden row, and what the endpoint asks for besides: the sticky field, the inputs of its other models."""
        others = [self._signature(model).examples[0].inputs for model in endpoint.models]
        sticky = {endpoint.sticky: SMOKE_TEST} if endpoint.sticky else {}
        return {key: value for inputs in (sticky, *others, example.inputs) for key, value in inputs.items()}

    def _check(self, answer: dict, version: str, output: str, number: int, recorded: float) -> None:
        if answer["model"] != version:
            raise CheckFailed("Another model answered than was asked for", given=f"{answer['model']}, not {version}")
        if not abs(answer[output] - recorded) <= TOLERANCE:
            said = f"golden row {number} of {version} gives {answer[output]:.6g}, recorded was {recorded:.6g}"
            raise CheckFailed("The service gives another output", given=said)

    def _latency(self, http: httpx.Client, name: str, version: str, rows: list[dict]) -> float:
        """Median milliseconds of a single row; CheckFailed where it is over the budget of the model's gates."""
        limit = self.limits.get(version.partition("@")[0], float("inf"))
        for _ in range(TURNS):
            found = statistics.median(_milliseconds(http, name, version, rows[n % len(rows)]) for n in range(TIMED))
            if found <= limit:
                return round(found, 2)
        raise CheckFailed(
            f"{version} is too slow", given=f"{found:.1f} ms a row, allowed are {limit:g}", next="See budgets in gates"
        )

    def _pipeline(self, http: httpx.Client, name: str, routed: Mapping[str, Endpoint]) -> None:
        """A pipeline answers a row made of its steps' golden rows, if these can be put together to one."""
        row: dict[str, Any] = {}
        for step in self.serving.endpoints[name].pipeline:
            endpoint = routed[step.endpoint]
            made = self._row(endpoint, self._signature(endpoint.routes[0].model).examples[0])
            row |= {key: value for key, value in made.items() if key not in step.inputs}
        answer = http.post(f"/v1/{name}/predict", json=row)
        if answer.status_code != UNFIT:
            _only(answer)

    def _signature(self, version: str) -> Signature:
        return msgspec.json.decode((self.bundles[version] / "signature.json").read_bytes(), type=Signature)


def _ask(http: httpx.Client, name: str, version: str, row: dict) -> httpx.Response:
    return http.post(f"/v1/{name}/predict", json=row, headers={"X-Model-Version": version})


def _only(answer: httpx.Response) -> dict:
    """The one prediction of an answer; CheckFailed with what the service says where it is none."""
    if answer.is_error:
        raise CheckFailed("The service refuses a golden row", given=f"{answer.status_code} {answer.text[:300]}")
    (found,) = answer.json()["predictions"]
    return found


def _milliseconds(http: httpx.Client, name: str, version: str, row: dict) -> float:
    started = time.perf_counter()
    _ask(http, name, version, row).raise_for_status()
    return (time.perf_counter() - started) * 1000
