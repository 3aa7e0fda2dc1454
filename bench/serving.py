"""The service side by side with `mlflow models serve` and BentoML, and with empty endpoints of its own server."""

from collections.abc import Callable
from statistics import median

from bench.load import Load
from bench.rounds import BATCH, BATCH_CONNECTIONS, CONNECTIONS, RUNS, SECONDS, Found, Sample, measure

__all__ = ["measure", "section"]

OURS, MLFLOW, BENTOML = "this service", "MLflow", "BentoML"
BAR = 40  # characters for the fastest
ROWS: dict[str, Callable[[Sample], float]] = {
    "Single rows, requests/s": lambda sample: sample.single.rate,
    "CPU milliseconds for one": lambda sample: sample.cpu,
    "At half of that rate: p50, ms": lambda sample: sample.half.p50,
    "p99, ms": lambda sample: sample.half.p99,
    f"Requests of {BATCH:,} rows, rows/s": lambda sample: sample.many.rate * BATCH,
    "Start to the first answer, s": lambda sample: sample.start,
    "Memory after single rows, MB": lambda sample: sample.megabytes,
    f"Memory after requests of {BATCH:,} rows, MB": lambda sample: sample.most_megabytes,
}
SECTION = """\
## The service

{runs} rounds of each in turn, on {machine}: one worker and one core for the server, another core for the load. Median
of the rounds:

{table}

```text
Single rows, requests/s
{bars}
```

| | Ratio | Aim |
|:--|--:|--:|
| Single rows, to `mlflow models serve` | **{mlflow:.0f}×** | 40× |
| Single rows, to BentoML with onnxruntime | **{bentoml:.1f}×** | 5× |
| Requests of {batch:,} rows, to `mlflow models serve` | **{many:.1f}×** | 4× |
| Single rows, to the empty endpoint `/health/live` ({live:,.0f}/s) | **{of_live:.2f}** | 0.4 |
| Single rows, to the same HTTP server answering at once ({constant:,.0f}/s) | **{of_constant:.2f}** | |

The ratios are medians, round by round; by CPU time for a single row they are {mlflow_cpu:.0f}× and
{bentoml_cpu:.1f}×. Aims for the service alone: p99 below 10 ms at half load, started within 4 s, below 150 MB.

- This service is a release as a deploy makes it, with what production has: two versions, 90 to 10, assigned by a
  field of the row; metrics and the prediction log on.
- MLflow: `mlflow models serve` of the bundle's scikit-learn pipeline, saved with a signature. BentoML: a service with
  typed rows over the bundle's ONNX graph. Each has an environment of its own, from a lock in `bench/peers`, and its
  defaults.
- Before anything is timed, all answer {batch:,} held-out rows with the same scores, to 1e-5.
- Single rows: {connections} connections that ask again once they are answered, for {seconds} s, after 1 s of them.
- Half load: requests are due at a constant rate, and latency counts from then.
- Requests of {batch:,} rows: {batch_connections} connections. Memory: of the process that answers.
- The load's core was busy for {busy:.0%} of the time while this service answered single rows.

Workers, on {cores} cores that the load shares: 1 answers {one:,.0f} single rows a second, 2 answer {two:,.0f}. A row
costs {one_cpu:.3f} ms of CPU with 1 and {two_cpu:.3f} ms with 2.
"""


def section(found: Found, machine: str) -> str:
    """Medians of the rounds, and ratios round by round."""
    ours, mlflow, bentoml = (found.servers[name] for name in (OURS, MLFLOW, BENTOML))
    one, two = found.workers[1], found.workers[2]
    rates = {name: _middle(samples, lambda sample: sample.single.rate) for name, samples in found.servers.items()}
    return SECTION.format(
        runs=RUNS,
        machine=machine,
        table=_table(found.servers),
        bars=_bars(rates),
        batch=BATCH,
        mlflow=_ratio(ours, mlflow, lambda sample: sample.single.rate),
        bentoml=_ratio(ours, bentoml, lambda sample: sample.single.rate),
        many=_ratio(ours, mlflow, lambda sample: sample.many.rate),
        mlflow_cpu=_ratio(mlflow, ours, lambda sample: sample.cpu),
        bentoml_cpu=_ratio(bentoml, ours, lambda sample: sample.cpu),
        live=_rate(found.live),
        of_live=_share(ours, found.live),
        constant=_rate(found.constant),
        of_constant=_share(ours, found.constant),
        connections=CONNECTIONS,
        seconds=SECONDS,
        batch_connections=BATCH_CONNECTIONS,
        busy=_middle(ours, lambda sample: sample.single.busy),
        cores=found.cores,
        one=_rate([load for load, _ in one]),
        two=_rate([load for load, _ in two]),
        one_cpu=median(cpu for _, cpu in one),
        two_cpu=median(cpu for _, cpu in two),
    )


def _table(servers: dict[str, list[Sample]]) -> str:
    lines = ["| | " + " | ".join(servers) + " |", "|:--|" + "--:|" * len(servers)]
    for title, value in ROWS.items():
        cells = [_shown(_middle(samples, value)) for samples in servers.values()]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _bars(rates: dict[str, float]) -> str:
    """One bar for each, of the same scale; a bar is never empty."""
    longest, most = max(map(len, rates)), max(rates.values())
    return "\n".join(
        f"{name:<{longest}}  {'█' * max(1, round(rate / most * BAR))} {rate:,.0f}" for name, rate in rates.items()
    )


def _middle(samples: list[Sample], value: Callable[[Sample], float]) -> float:
    return median(map(value, samples))


def _ratio(ours: list[Sample], theirs: list[Sample], value: Callable[[Sample], float]) -> float:
    return median(value(a) / value(b) for a, b in zip(ours, theirs, strict=True))


def _rate(loads: list[Load]) -> float:
    return median(load.rate for load in loads)


def _share(ours: list[Sample], loads: list[Load]) -> float:
    return median(sample.single.rate / load.rate for sample, load in zip(ours, loads, strict=True))
