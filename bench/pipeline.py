"""What a pull request costs above the plain work in it, and what it costs when it touches no model."""

from bench import overhead
from bench.measure import Sample, middle, ratio
from demo.place import ROOT

RUNS = 3
WHAT = {
    "pipeline": "Pull request that changes a parameter",
    "plain": "Plain script",
    "documentation": "Pull request that touches only documentation",
}
SECTION = """\
## A pull request

{runs} runs of each in turn, on {machine}.

| Median of the runs | Wall seconds | CPU seconds |
|:--|--:|--:|
{rows}

The pull request's path costs **{wall:.2f}×** the wall time and **{cpu:.2f}×** the CPU time of the plain script (the
median of the ratios, pair by pair; the aim is 1.6×). It is `mlgitops validate-data`, `train` and `compare` in a warm
environment: all from the data's validation to the report. The plain script, `bench/plain.py`, loads, prepares, fits the
same model, scores, and prints the same metrics.

The pull request that touches only documentation is timed from its set-up to its report (the aim is 15 s).
"""


def measure() -> dict[str, list[Sample]]:
    """Prepare once, then measure the pipeline and the plain script in turn."""
    repository = overhead.prepare(ROOT / "build" / "bench")
    samples: dict[str, list[Sample]] = {"pipeline": [], "plain": [], "documentation": []}
    for number in range(RUNS):
        samples["pipeline"].append(overhead.pipeline(repository, number))
        samples["plain"].append(overhead.plain(repository))
        samples["documentation"].append(overhead.documentation(repository, number))
        print(
            {name: f"{found[-1].wall:.1f} s, {found[-1].cpu:.1f} s CPU" for name, found in samples.items()}, flush=True
        )
    return samples


def section(samples: dict[str, list[Sample]], machine: str) -> str:
    """Medians of the runs, and the ratio of each pair."""
    rows = [
        f"| {WHAT[name]} | {middle(found, 'wall'):.1f} | {middle(found, 'cpu'):.1f} |"
        for name, found in samples.items()
    ]
    ratios = {kind: ratio(samples["pipeline"], samples["plain"], kind) for kind in ("wall", "cpu")}
    return SECTION.format(runs=RUNS, machine=machine, rows="\n".join(rows), **ratios)
