"""Reports with charts, of real shapes: built by hand from the schema."""

from hashlib import sha1

from mlgitops.report.schema import Curve, Merge, Method, Metric, Report, Revision, Rows

RELIABILITY = Curve(
    kind="reliability",
    x=[0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95],
    base=[0.033, 0.069, 0.245, 0.418, 0.529, 0.588, 0.779, 0.921, 0.946, 0.978],
    head=[0.029, 0.068, 0.086, 0.151, 0.365, 0.582, 0.812, 0.905, 0.969, 0.969],
)
RECALLS = [n / 25 for n in range(1, 26)]
PRECISION = Curve(
    kind="precision-recall",
    x=RECALLS,
    base=[0.98 - 0.68 * recall**6 for recall in RECALLS],
    head=[0.96 - 0.66 * recall**5 for recall in RECALLS],
)
ROC = Curve(kind="roc", x=[0.0, 0.1, 0.3, 0.6, 1.0], base=[0.0, 0.42, 0.71, 0.9, 1.0], head=[0.0, 0.45, 0.7, 0.92, 1.0])
RESIDUALS = Curve(
    kind="residuals",
    x=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
    base=[-2.1, -0.9, -0.2, 0.1, 0.4, 0.3, 0.2, -0.4, -1.8, -9.6],
    head=[-1.7, -0.8, -0.1, 0.0, 0.2, 0.3, 0.1, -0.2, -1.1, -7.2],
)
AREAS = [0.7391, 0.7402, 0.7398, 0.7447, 0.7451, 0.7449, 0.7512, 0.7509, 0.7538, 0.7544]


def metric(name: str, direction: str, base: float, head: float, role: str = "info", **more) -> Metric:
    found = {"delta": head - base, "low": head - base - 0.003, "high": head - base + 0.003, "margin": 0.005}
    result = more.pop("result", "info")
    return Metric(name=name, role=role, direction=direction, base=base, head=head, result=result, **found | more)


def history(values: list[float]) -> list[Merge]:
    return [Merge(commit=sha1(f"{n}".encode()).hexdigest(), value=value) for n, value in enumerate(values)]


def charted(*curves: Curve, merges: list[Merge] | None = None, floor: float | None = 0.65, **more) -> Report:
    """A comparison of two models on 27,075 flights, with these curves."""
    metrics = [
        metric("roc_auc", "higher", 0.7544, 0.7571, "primary", result="within-margin", floor=floor),
        metric("ece", "lower", 0.0441, 0.0637),
    ]
    facts = {
        "model": "late-arrival",
        "task": "binary",
        "verdict": "ready",
        "base": Revision(name="main", commit="4b20d55" + "0" * 33),
        "head": Revision(name="larger-trees", commit="9f3c1e7" + "0" * 33),
        "metrics": metrics,
        "rows": Rows(comparison="same", count=27_075, positives=8_347, labels="sha256:" + "7c" * 32),
        "method": Method(draws=2000, confidence=0.95, seed=2013),
    }
    return Report(curves=list(curves), history=merges or [], **facts | more)
