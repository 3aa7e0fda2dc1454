"""The bootstrap side by side with those of scikit-learn's metric functions and of SciPy, and its cost by rows."""

from bench.bootstrap import DRAWS, LOOPED, SIX, VECTORIZED, run
from bench.measure import Sample, middle, ratio

RUNS = 3
SIZES = (50_000, 100_000, 200_000)
COMPARED = 20_000  # rows: some weeks of the example's flights
PAIRS = {
    "scikit-learn": (COMPARED, SIX),
    "scikit-learn, 200,000 rows": (SIZES[-1], SIX),
    "scipy": (COMPARED, VECTORIZED),
}
SECTION = """\
## The bootstrap

{runs} runs of each in turn, on {machine}: {draws:,} paired draws of two models, from scores to intervals. Each run is
a process of its own; imports and the making of the rows are not timed.

| The same rows and metrics | Rows | Metrics | Wall seconds | mlgitops | Ratio, wall | Ratio, CPU |
|:--|--:|--:|--:|--:|--:|--:|
{pairs}

The ratios are medians, pair by pair; the aim against scikit-learn is 50×. scikit-learn: a loop that draws rows within
each class and calls its metric functions for both models, timed for {looped} draws and multiplied, as each draw costs
the same. SciPy: `scipy.stats.bootstrap(paired=True)`, not stratified, all its draws, with statistics written for many
draws at once; those that can be: {vectorized}.

| mlgitops, {six} | Wall seconds | CPU seconds | Most memory, GB |
|:--|--:|--:|--:|
{sizes}

The aim is 200,000 rows in 10 s on 2 cores and in 2 GB, and a cost that is linear in the rows: CPU seconds by 100,000
rows are {per_rows}.
"""


def measure() -> dict[str, list[Sample]]:
    """In each round every pair, one after the other, and every size."""
    samples: dict[str, list[Sample]] = {}

    def take(key: str, *arguments) -> None:
        samples.setdefault(key, []).append(run(*arguments))
        print(key, samples[key][-1], flush=True)

    for _ in range(RUNS):
        for name, (rows, metrics) in PAIRS.items():
            take(f"mlgitops beside {name}", "mlgitops", rows, metrics)
            take(name, name.split(",")[0], rows, metrics)
        for rows in SIZES:
            take(f"{rows:,} rows", "mlgitops", rows, SIX)
    return samples


def section(samples: dict[str, list[Sample]], machine: str) -> str:
    """Medians of the runs, and the ratio of each pair."""
    sizes = {f"{rows:,} rows": rows for rows in SIZES}
    costs = [f"{middle(samples[name], 'cpu') / rows * 100_000:.1f}" for name, rows in sizes.items()]
    return SECTION.format(
        runs=RUNS,
        machine=machine,
        draws=DRAWS,
        looped=LOOPED,
        six=", ".join(f"`{name}`" for name in SIX),
        vectorized=", ".join(f"`{name}`" for name in VECTORIZED),
        pairs="\n".join(_pair(name, samples) for name in PAIRS),
        sizes="\n".join(_size(name, samples[name]) for name in sizes),
        per_rows=", ".join(costs[:-1]) + f" and {costs[-1]}",
    )


def _pair(name: str, samples: dict[str, list[Sample]]) -> str:
    theirs, ours, (rows, metrics) = samples[name], samples[f"mlgitops beside {name}"], PAIRS[name]
    title = "SciPy" if name == "scipy" else "scikit-learn"
    seconds = f"{middle(theirs, 'wall'):,.1f} | {middle(ours, 'wall'):.2f}"
    ratios = " | ".join(f"**{ratio(theirs, ours, kind):.0f}×**" for kind in ("wall", "cpu"))
    return f"| {title} | {rows:,} | {len(metrics)} | {seconds} | {ratios} |"


def _size(name: str, found: list[Sample]) -> str:
    return f"| {name} | " + " | ".join(f"{middle(found, kind):.2f}" for kind in ("wall", "cpu", "gigabytes")) + " |"
