"""The interval is that of a plain loop over drawn rows; seeds decide it, threads and chunks do not."""

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from mlgitops.compare import bootstrap
from mlgitops.compare.bootstrap import Model, estimate, measure
from mlgitops.compare.draws import Draws
from mlgitops.compare.gates import Bootstrap
from mlgitops.compare.metrics import DEFAULTS, METRICS

CHOSEN = [METRICS["binary"]["roc_auc"], METRICS["binary"]["log_loss"]]
HOW = Bootstrap(draws=4000, seed=1)


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels and the scores of two models, 300 rows, a third of them positive."""
    random = np.random.default_rng(0)
    labels = (random.random(300) < 0.3).astype(float)
    signal = labels + random.normal(size=300)
    base, head = (1 / (1 + np.exp(-(signal + random.normal(size=300) * noise))) for noise in (0.8, 0.6))
    return labels, base, head


def auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """From the ranks of the positives."""
    positives = int(labels.sum())
    ranks = rankdata(scores)[labels == 1].sum()
    return (ranks - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))


def loss(labels: np.ndarray, scores: np.ndarray) -> float:
    return -np.log(np.where(labels == 1, scores, 1 - scores)).mean()


def test_the_interval_is_that_of_a_plain_loop(rows):
    labels, base, head = rows
    random = np.random.default_rng(2)
    classes = [np.flatnonzero(labels == label) for label in (0, 1)]
    deltas = []
    for _ in range(2000):
        drawn = np.concatenate([random.choice(members, len(members)) for members in classes])
        was, now = (np.array([auc(labels[drawn], s[drawn]), loss(labels[drawn], s[drawn])]) for s in (base, head))
        deltas.append(now - was)
    expected = np.quantile(deltas, [0.025, 0.975], axis=0).T
    spread = np.std(deltas, axis=0)
    for found, (low, high), one in zip(estimate(CHOSEN, labels, base, head, HOW), expected, spread, strict=True):
        assert found.low == pytest.approx(low, abs=0.2 * one)
        assert found.high == pytest.approx(high, abs=0.2 * one)
        assert found.error == pytest.approx(one, rel=0.1)


def test_the_values_are_those_of_the_rows_themselves(rows):
    labels, base, head = rows
    found = estimate(CHOSEN, labels, base, head, HOW)[0]
    assert (found.base, found.head) == pytest.approx((roc_auc_score(labels, base), roc_auc_score(labels, head)))
    assert found.delta == pytest.approx(found.head - found.base)
    assert found.head_low < found.head < found.head_high


def test_the_same_seed_gives_the_same_interval_and_another_another(rows):
    first, again = (estimate(CHOSEN, *rows, HOW) for _ in range(2))
    assert first == again
    assert first != estimate(CHOSEN, *rows, Bootstrap(draws=4000, seed=2))


def test_the_number_of_threads_does_not_matter(rows, monkeypatch):
    several = estimate(CHOSEN, *rows, HOW)
    monkeypatch.setattr(bootstrap.os, "cpu_count", lambda: 1)
    assert estimate(CHOSEN, *rows, HOW) == several


def test_groups_give_what_their_rows_give(monkeypatch):
    """Sums over groups and pairs of groups are a shorter way to the same numbers."""
    random = np.random.default_rng(5)
    groups, labels = random.integers(0, 12, 500), (random.random(500) < 0.3).astype(float)
    base, head = ((labels + random.normal(size=500)).round(1) for _ in range(2))
    chosen = [METRICS["binary"][name] for name in ("roc_auc", "average_precision", "brier", "f1")]
    draws = Draws(40, 3, [500], groups)
    by_groups = measure([Model(chosen, labels, side, DEFAULTS, groups) for side in (base, head)], draws)
    monkeypatch.setattr(bootstrap, "FEW_GROUPS", 0)
    by_order = measure([Model(chosen, labels, side, DEFAULTS, groups) for side in (base, head)], draws)
    counts = np.concatenate([draws.counts(*chunk) for chunk in draws.chunks()])
    by_rows = np.stack([Model(chosen, labels, side, DEFAULTS).values(counts) for side in (base, head)], axis=1)
    for values, drawn in (by_groups, by_order):
        assert drawn == pytest.approx(by_rows)
        assert values[:, 0] == pytest.approx([roc_auc_score(labels, side) for side in (base, head)])


def test_grouped_rows_give_a_wider_interval_than_independent_ones():
    random = np.random.default_rng(3)
    groups = np.repeat(np.arange(30), 40)
    labels, shift = random.normal(size=1200), random.normal(size=30)[groups]
    arguments = ([METRICS["regression"]["rmse"]], labels, labels + 1.0, labels + 1.0 + shift, HOW)
    free, grouped = estimate(*arguments)[0], estimate(*arguments, groups=groups)[0]
    assert grouped.high - grouped.low > 2 * (free.high - free.low)


def test_without_a_base_there_are_only_values_of_the_head(rows):
    labels, _, head = rows
    found = estimate(CHOSEN, labels, None, head, HOW)[0]
    assert found.head == pytest.approx(roc_auc_score(labels, head))
    assert found.base is found.delta is found.low is found.error is None
    assert found.head_low < found.head < found.head_high


def test_one_class_has_no_ranking_and_says_so(rows):
    _, base, head = rows
    ranking, losses = estimate(CHOSEN, np.ones(300), base, head, HOW)
    assert ranking.head is None and ranking.low is None
    assert losses.head is not None
