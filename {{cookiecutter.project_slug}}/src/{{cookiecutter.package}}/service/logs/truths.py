"""What was true of earlier predictions, told by callers later."""

from pathlib import Path

import msgspec

from ..http.refusal import decode
from ..metrics import Metrics
from ..traffic.endpoint import Endpoint
from . import record
from .log import Log, now
from .record import Told


class Truths:
    """Takes truths by the ids of their predictions."""

    def __init__(self, endpoint: Endpoint, *, log: Log, metrics: Metrics, folder: Path) -> None:
        self._log, self._rows = log, metrics.feedback.labels(endpoint.name)
        self._decoder = msgspec.json.Decoder(endpoint.types.truths)
        self._stream = record.truths(endpoint, folder)

    def __call__(self, body: bytes) -> int:
        """How many truths were taken; Refused for bad input."""
        truths = decode(self._decoder, body, {})
        truths = truths if isinstance(truths, list) else [truths]
        told = Told([each.id for each in truths], now(), [each.truth for each in truths])
        self._log.put(self._stream, told, len(truths))
        self._rows.inc(len(truths))
        return len(truths)
