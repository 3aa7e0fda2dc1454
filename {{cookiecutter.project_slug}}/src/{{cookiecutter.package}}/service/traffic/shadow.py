"""Shadow models: scored in a thread of their own and logged; no answer waits for them or fails with them."""

import threading
from collections import deque
from collections.abc import Callable
from itertools import compress
from typing import NamedTuple

from ..logs.background import Room, step_back
from ..logs.log import Log, Stream
from ..logs.record import Scored
from ..metrics import Metrics

CAPACITY = 10_000  # rows that wait; what comes on top is counted and not scored
BATCH = 500  # rows: single ones that wait are scored together
EVERY = 0.02  # seconds


class Shadow(NamedTuple):
    """A model that is only watched, and where its rows are logged.

    needed: places in a row that must not be null, and may be: no caller has to send what only a shadow takes.
    """

    endpoint: str
    model: str
    score: Callable[[list[tuple]], list[float]]
    stream: Stream
    needed: list[int]


class Shadows:
    """A bounded queue and the thread that empties it."""

    def __init__(self, log: Log, metrics: Metrics, capacity: int = CAPACITY) -> None:
        self._log, self._metrics, self._room = log, metrics, Room(capacity)
        self._queue: deque[tuple[list[Shadow], Scored]] = deque()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="shadow", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Score what is waiting, then end."""
        self._stop.set()
        self._thread.join(timeout=10)

    def put(self, shadows: list[Shadow], answered: Scored) -> None:
        """Have the rows of an answer scored later by an endpoint's shadows, or count them as dropped."""
        rows = len(answered.rows)
        if self._room.take(rows):
            self._queue.append((shadows, answered))
            return
        for each in shadows:
            self._metrics.shadow_dropped.labels(each.endpoint, each.model).inc(rows)

    def _work(self) -> None:
        step_back()
        stopped = False
        while not stopped:
            # by the clock: to be woken by each request would cost the request time
            stopped = self._stop.wait(EVERY)
            while self._queue:
                shadows, answers = self._batch()
                for shadow in shadows:
                    self._score(shadow, answers)
                self._room.free(_count(answers))

    def _batch(self) -> tuple[list[Shadow], list[Scored]]:
        """The next answers for the same shadows."""
        shadows, first = self._queue.popleft()
        answers, rows = [first], len(first.rows)
        while self._queue and self._queue[0][0] is shadows and rows < BATCH:
            answers.append(self._queue.popleft()[1])
            rows += len(answers[-1].rows)
        return shadows, answers

    def _score(self, shadow: Shadow, answers: list[Scored]) -> None:
        kept = [_whole(each, shadow.needed) for each in answers]
        scored = _count(kept)
        try:
            outputs = iter(shadow.score([row for each in kept for row in each.rows]) if scored else [])
        except Exception:  # whatever a graph raises: the next rows must find this thread alive
            scored = 0
        else:
            for each in kept:
                self._keep(shadow, each, [next(outputs) for _ in each.rows])
        self._metrics.shadow_rows.labels(shadow.endpoint, shadow.model).inc(scored)
        self._metrics.shadow_failed.labels(shadow.endpoint, shadow.model).inc(_count(answers) - scored)

    def _keep(self, shadow: Shadow, answered: Scored, outputs: list[float]) -> None:
        models = [shadow.model] * len(outputs)
        chunk = answered._replace(models=models, shadow=True, outputs=outputs)
        self._log.put(shadow.stream, chunk, len(outputs))


def _whole(answered: Scored, needed: list[int]) -> Scored:
    """Without the rows that lack what the shadow needs."""
    if not needed:
        return answered
    kept = [all(row[place] is not None for place in needed) for row in answered.rows]
    per_row = {"ids": answered.ids, "units": answered.units, "rows": answered.rows}
    return answered._replace(**{name: list(compress(each, kept)) for name, each in per_row.items()})


def _count(answers: list[Scored]) -> int:
    return sum(len(each.rows) for each in answers)
