"""`make bench`: ratios side by side in one run, written to build/bench.json and docs/benchmarks.md."""

import json
import os
import platform

from bench import overhead
from bench.measure import Sample, ratio
from demo.place import ROOT

RUNS = 3
WHAT = {
    "pipeline": "Pull request that changes a parameter",
    "plain": "Plain script",
    "documentation": "Pull request that touches only documentation",
}
PAGE = """\
# Benchmarks

Written by `make bench`: {runs} runs of each in turn, on {cores} cores, Python {python}.

| Median of the runs | Wall seconds | CPU seconds |
|:--|--:|--:|
{rows}

The pull request's path costs **{wall:.2f}×** the wall time and **{cpu:.2f}×** the CPU time of the plain script (the
median of the ratios, pair by pair; the aim is 1.6×). It is `mlgitops validate-data`, `train` and `compare` in a warm
environment: all from the data's validation to the report. The plain script, `bench/plain.py`, loads, prepares, fits the
same model, scores, and prints the same metrics.

The pull request that touches only documentation is timed from its set-up to its report (the aim is 15 s).
"""


def main() -> None:
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
    facts = {name: [vars(sample) for sample in found] for name, found in samples.items()}
    (ROOT / "build" / "bench.json").write_text(json.dumps(facts, indent=1) + "\n")
    (ROOT / "docs" / "benchmarks.md").write_text(page(samples))


def page(samples: dict[str, list[Sample]]) -> str:
    """docs/benchmarks.md: medians of the runs, and the ratio of each pair."""
    rows = [
        f"| {WHAT[name]} | {median(found, 'wall'):.1f} | {median(found, 'cpu'):.1f} |"
        for name, found in samples.items()
    ]
    ratios = {kind: ratio(samples["pipeline"], samples["plain"], kind) for kind in ("wall", "cpu")}
    return PAGE.format(
        runs=RUNS, cores=os.cpu_count(), python=platform.python_version(), rows="\n".join(rows), **ratios
    )


def median(found: list[Sample], kind: str) -> float:
    return sorted(getattr(sample, kind) for sample in found)[len(found) // 2]


if __name__ == "__main__":
    main()
