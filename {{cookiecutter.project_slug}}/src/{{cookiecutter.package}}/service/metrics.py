"""What Prometheus reads at /metrics. It outlives a swap of models: counters never jump back."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE

__all__ = ["CONTENT_TYPE", "Metrics"]

SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        which = {"registry": self.registry, "labelnames": ["endpoint", "model"]}
        self.seconds = Histogram("predict_seconds", "Time to score a request", buckets=SECONDS, **which)
        self.rows = Counter("predicted_rows", "Rows scored", **which)
        self.refused = Counter("refused_requests", "Requests answered 400: bad input", **which)
        self.feedback = Counter("feedback_rows", "Truths received", **which)
        self.serving = Gauge("serving_info", "1 for each model that serves now", **which)
        self.dropped = Counter("log_dropped_rows", "Rows that the log did not keep", registry=self.registry)
        self.reloads = Counter("reloads", "Changes of what serves", ["result"], registry=self.registry)

    def show(self, endpoints: dict) -> None:
        """State which models serve; endpoints: name → Endpoint."""
        self.serving.clear()
        for endpoint in endpoints.values():
            self.serving.labels(endpoint.name, endpoint.model).set(1)

    def text(self) -> bytes:
        return generate_latest(self.registry)
