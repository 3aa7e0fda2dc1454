"""The area under the ROC curve from pairs of groups is that of the rows, ties and empty groups included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from mlgitops.compare.concordance import Concordance


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(4, 60), st.sampled_from([2, 5, 1000]), st.integers(1, 9))
def test_it_is_that_of_the_rows(seed, rows, levels, groups):
    random = np.random.default_rng(seed)
    labels = np.concatenate([[0, 1], random.integers(0, 2, rows - 2)]).astype(float)
    scores = random.integers(0, levels, rows) / levels
    codes = np.concatenate([[groups - 1], random.integers(0, groups, rows - 1)])
    counts = np.maximum(random.multinomial(groups, np.full(groups, 1 / groups)), np.isin(np.arange(groups), codes[:2]))
    of_rows = counts[codes]
    expected = roc_auc_score(labels.repeat(of_rows), scores.repeat(of_rows))
    assert Concordance(labels, scores, codes).values(counts[None])[0] == pytest.approx(expected)
