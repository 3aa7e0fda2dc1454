"""Shadow models: scored beside the requests, in a thread of their own, and logged; no answer waits for them."""

import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from .log import Log, Stream
from .metrics import Metrics
from .record import Scored

CAPACITY = 10_000  # rows that wait; what comes on top is counted and not scored
BATCH = 500  # rows: single ones that wait are scored together


class Shadow(NamedTuple):
    """A model that is only watched, where its rows are logged, and which rows it can't be given.

    lacking: whether a row lacks what the model needs and no caller must send.
    """

    endpoint: str
    model: str
    score: Callable[[list[tuple]], list[float]]
    stream: Stream
    lacking: Callable[[tuple], bool]


class Shadows:
    """A bounded queue and the thread that empties it."""

    def __init__(self, log: Log, metrics: Metrics, capacity: int = CAPACITY) -> None:
        self._log, self._metrics, self._capacity = log, metrics, capacity
        self._queue: deque[tuple[Shadow, Scored]] = deque()
        self._rows = 0  # that wait
        self._lock, self._come = threading.Lock(), threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="shadow", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Score what is waiting, then end."""
        self._stopped = True
        self._come.set()
        self._thread.join(timeout=10)

    def put(self, shadow: Shadow, answered: Scored) -> None:
        """Score the rows of an answer later, or count them as dropped; never waits."""
        rows = len(answered.rows)
        with self._lock:
            full = self._rows + rows > self._capacity
            self._rows += 0 if full else rows
        if full:
            self._metrics.shadow_dropped.labels(shadow.endpoint, shadow.model).inc(rows)
        else:
            self._queue.append((shadow, answered))
            self._come.set()

    def _work(self) -> None:
        while not self._stopped:
            self._come.wait()
            self._come.clear()
            while self._queue:
                self._score(*self._batch())

    def _batch(self) -> tuple[Shadow, list[Scored]]:
        """The next answers for one shadow."""
        shadow, first = self._queue.popleft()
        answers, rows = [first], len(first.rows)
        while self._queue and self._queue[0][0] is shadow and rows < BATCH:
            answers.append(self._queue.popleft()[1])
            rows += len(answers[-1].rows)
        return shadow, answers

    def _score(self, shadow: Shadow, answers: list[Scored]) -> None:
        waited = sum(len(each.rows) for each in answers)
        try:
            kept = [whole for each in answers if (whole := _without(shadow.lacking, each)).rows]
            outputs = iter(shadow.score([row for each in kept for row in each.rows]) if kept else [])
            for each in kept:
                self._keep(shadow, each, [next(outputs) for _ in each.rows])
            failed = waited - sum(len(each.rows) for each in kept)
        except Exception:  # whatever a graph raises: the next rows must find this thread alive
            failed = waited
        if failed:
            self._metrics.shadow_failed.labels(shadow.endpoint, shadow.model).inc(failed)
        with self._lock:
            self._rows -= waited

    def _keep(self, shadow: Shadow, answered: Scored, outputs: list[float]) -> None:
        rows = len(outputs)
        chunk = answered._replace(models=[shadow.model] * rows, shadow=True, outputs=outputs)
        self._log.put(shadow.stream, chunk, rows)
        self._metrics.shadow_rows.labels(shadow.endpoint, shadow.model).inc(rows)


def _without(lacking: Callable[[tuple], bool], answered: Scored) -> Scored:
    """Without the rows that the shadow can't be given."""
    if not any(map(lacking, answered.rows)):
        return answered
    kept = [place for place, row in enumerate(answered.rows) if not lacking(row)]
    ids, units, rows = ([each[place] for place in kept] for each in (answered.ids, answered.units, answered.rows))
    return answered._replace(ids=ids, units=units, rows=rows)
