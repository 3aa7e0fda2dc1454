"""The same paired bootstrap by mlgitops, by a loop over scikit-learn's metric functions, and by SciPy.

Each is run in a process of its own: python -m bench.bootstrap mlgitops 200000 roc_auc log_loss …
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from bench.measure import Sample
from mlgitops.compare import bootstrap
from mlgitops.compare.gates import Bootstrap
from mlgitops.compare.metrics import METRICS

ROOT = Path(__file__).parents[1]
SIX = ("roc_auc", "average_precision", "log_loss", "brier", "f1", "recall")
VECTORIZED = ("roc_auc", "log_loss", "brier", "f1")  # those whose scikit-learn function can be said for an axis
DRAWS, LOOPED = 2000, 20
THRESHOLD = 0.5
Array = np.ndarray


def run(how: str, rows: int, names: tuple[str, ...]) -> Sample:
    """Seconds of 2,000 draws, and the most memory that the process held."""
    command = [sys.executable, "-m", "bench.bootstrap", how, str(rows), *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Sample(**json.loads(done.stdout))


def main(how: str, rows: str, *names: str) -> None:
    """Time one and print its Sample."""
    data = simulated(int(rows))
    began, used = time.monotonic(), time.process_time()
    draws = HOWS[how](*data, names)
    wall, cpu = time.monotonic() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)
    print(json.dumps({"wall": wall * DRAWS / draws, "cpu": cpu * DRAWS / draws, "gigabytes": peak}))


def simulated(rows: int) -> tuple[Array, Array, Array]:
    """Labels and the probabilities of two models."""
    random = np.random.default_rng(2013)
    log_odds = random.normal(-1, 1.1, rows)
    labels = (random.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(float)
    base, head = (1 / (1 + np.exp(-(log_odds + random.normal(0, 0.25, rows)))) for _ in range(2))
    return labels, base, head


def mlgitops(labels: Array, base: Array, head: Array, names: tuple[str, ...]) -> int:
    settings = Bootstrap(draws=DRAWS, seed=1)
    bootstrap.estimate([METRICS["binary"][name] for name in names], labels, base, head, settings)
    return DRAWS


def scikit_learn(labels: Array, base: Array, head: Array, names: tuple[str, ...]) -> int:
    """A few draws: each costs the same, so that the time of all of them follows."""
    from sklearn import metrics as sk

    functions = {
        "roc_auc": sk.roc_auc_score,
        "average_precision": sk.average_precision_score,
        "log_loss": sk.log_loss,
        "brier": sk.brier_score_loss,
        "f1": lambda y, p: sk.f1_score(y, p >= THRESHOLD),
        "recall": lambda y, p: sk.recall_score(y, p >= THRESHOLD),
    }
    random = np.random.default_rng(1)
    classes = [np.flatnonzero(labels == label) for label in (0, 1)]
    deltas = []
    for _ in range(LOOPED):
        drawn = np.concatenate([random.choice(members, len(members)) for members in classes])
        was, now = ([functions[name](labels[drawn], side[drawn]) for name in names] for side in (base, head))
        deltas.append(np.subtract(now, was))
    np.quantile(deltas, [0.025, 0.975], axis=0)
    return LOOPED


def scipy(labels: Array, base: Array, head: Array, names: tuple[str, ...]) -> int:
    """scipy.stats.bootstrap(paired=True), not stratified, with statistics that take many draws at once."""
    from scipy.stats import bootstrap as resample
    from scipy.stats import rankdata

    def roc_auc(y: Array, p: Array) -> Array:
        positives = y.sum(axis=-1)
        ranks = (rankdata(p, axis=-1) * y).sum(axis=-1) - positives * (positives + 1) / 2
        return ranks / (positives * (y.shape[-1] - positives))

    functions = {
        "roc_auc": roc_auc,
        "log_loss": lambda y, p: -np.log(np.where(y == 1, p, 1 - p)).mean(axis=-1),
        "brier": lambda y, p: ((y - p) ** 2).mean(axis=-1),
        "f1": lambda y, p: 2 * (y * (p >= THRESHOLD)).sum(-1) / (y.sum(-1) + (p >= THRESHOLD).sum(-1)),
    }

    def deltas(y: Array, was: Array, now: Array, axis: int) -> Array:
        return np.stack([functions[name](y, now) - functions[name](y, was) for name in names])

    options = {"paired": True, "vectorized": True, "n_resamples": DRAWS, "batch": 50, "method": "percentile"}
    resample((labels, base, head), deltas, random_state=1, **options)
    return DRAWS


HOWS = {"mlgitops": mlgitops, "scikit-learn": scikit_learn, "scipy": scipy}

if __name__ == "__main__":
    main(*sys.argv[1:])
