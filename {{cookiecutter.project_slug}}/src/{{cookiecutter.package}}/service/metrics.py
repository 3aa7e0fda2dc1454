"""What Prometheus reads at /metrics. It outlives a swap of models: counters never jump back."""

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE

from .workers.tally import Tally

__all__ = ["CONTENT_TYPE", "Metrics", "text"]

SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5)
prometheus_client.disable_created_metrics()  # moments: of several processes they have no sum


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        which = {"registry": self.registry, "labelnames": ["endpoint", "model"]}
        by_endpoint = {"registry": self.registry, "labelnames": ["endpoint"]}
        self.seconds = Histogram(
            "predict_seconds", "Time to score a request's rows", buckets=SECONDS, **which
        )
        self.rows = Counter("predicted_rows", "Rows scored", **which)
        self.refused = Counter("refused_requests", "Requests refused: bad input", **by_endpoint)
        self.feedback = Counter("feedback_rows", "Truths received", **by_endpoint)
        self.shadow_rows = Counter("shadow_rows", "Rows scored by a shadow", **which)
        self.shadow_dropped = Counter("shadow_dropped_rows", "Rows for which a shadow had no time", **which)
        self.shadow_failed = Counter("shadow_failed_rows", "Rows that a shadow could not score", **which)
        self.serving = Gauge("serving_info", "1 for each model that serves now", **which)
        self.dropped = Counter("log_dropped_rows", "Rows that the log did not keep", registry=self.registry)
        self.overload = Counter("overload_requests", "Requests answered 503", registry=self.registry)
        self.reloads = Counter("reloads", "Changes of what serves", ["result"], registry=self.registry)

    def show(self, endpoints: dict) -> None:
        """State which models serve; endpoints: name → Endpoint."""
        self.serving.clear()
        for endpoint in endpoints.values():
            for model in endpoint.models:
                self.serving.labels(endpoint.name, model).set(1)

    def tally(self) -> Tally:
        """The numbers of this process."""
        return [
            (each.name, each.documentation, each.type, [sample[:3] for sample in each.samples])
            for each in self.registry.collect()
        ]


class _Read:
    """A tally as prometheus_client collects it."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> list[Metric]:
        found = []
        for name, documentation, kind, samples in self._tally:
            metric = Metric(name, documentation, kind)
            for sample, labels, value in samples:
                metric.add_sample(sample, labels, value)
            found.append(metric)
        return found


def text(tally: Tally) -> bytes:
    """A tally in Prometheus' format."""
    return prometheus_client.generate_latest(_Read(tally))
