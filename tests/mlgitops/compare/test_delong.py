"""DeLong's error is that of its definition; of grouped rows it is the true spread."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from mlgitops.compare.delong import delong
from tests.mlgitops.compare.sides import clustered


@pytest.mark.parametrize("levels", [4, 10_000])
def test_delong_is_its_definition_with_ties_too(levels):
    random = np.random.default_rng(levels)
    labels = np.repeat([0.0, 1.0], [60, 40])
    base, head = ((random.random(100) * levels + labels * levels / 5).round() for _ in range(2))

    def placements(scores):
        positives, negatives = scores[labels == 1][:, None], scores[labels == 0][None]
        wins = (positives > negatives) + 0.5 * (positives == negatives)
        return wins.mean(axis=1), wins.mean(axis=0)

    (base10, base01), (head10, head01) = placements(base), placements(head)
    variance = np.var(head10 - base10, ddof=1) / 40 + np.var(head01 - base01, ddof=1) / 60
    expected = (roc_auc_score(labels, base), roc_auc_score(labels, head), np.sqrt(variance))
    assert delong(labels, base, head) == pytest.approx(expected)


def test_groups_of_one_row_each_give_delongs_error():
    labels, base, head, codes = clustered(np.random.default_rng(0), 20, 10)
    alone = np.random.default_rng(1).permutation(len(codes))
    assert delong(labels, base, head, alone) == pytest.approx(delong(labels, base, head))


def test_the_error_of_grouped_rows_is_the_true_spread_and_delongs_is_not():
    random = np.random.default_rng(2)
    found = []
    for _ in range(600):
        labels, base, head, codes = clustered(random, 40, 25)
        was, now, grouped = delong(labels, base, head, codes)
        found.append((now - was, grouped, delong(labels, base, head)[2]))
    spread = np.std([delta for delta, _, _ in found])
    grouped, alone = (np.sqrt(np.mean(np.square(errors))) for errors in list(zip(*found, strict=True))[1:])
    assert grouped == pytest.approx(spread, rel=0.08)
    assert alone < 0.6 * spread
