"""The confusion matrix of both models is scikit-learn's; of many classes the rare ones are shown together."""

import numpy as np
from sklearn.metrics import confusion_matrix

from mlgitops.compare.confusion import confusion
from tests.mlgitops.compare.sides import aligned


def test_of_two_classes_at_the_threshold():
    random = np.random.default_rng(0)
    labels, base, head = random.integers(0, 2, 100), random.random(100), random.random(100)
    found = confusion(aligned(labels, base, head), 0.3)
    assert (found.classes, found.threshold) == (["0", "1"], 0.3)
    assert found.base == confusion_matrix(labels, base >= 0.3).tolist()
    assert found.head == confusion_matrix(labels, head >= 0.3).tolist()


def test_of_several_classes_by_the_likeliest():
    random = np.random.default_rng(1)
    labels, scores = random.integers(0, 3, 100), random.dirichlet([1, 1, 1], 100)
    found = confusion(aligned(labels, scores, scores, [7, 8, 9]), 0.5)
    assert (found.classes, found.threshold) == (["7", "8", "9"], None)
    assert found.head == confusion_matrix(labels, scores.argmax(axis=1)).tolist()


def test_of_many_classes_the_most_frequent_are_shown_and_the_rest_together():
    random = np.random.default_rng(2)
    labels = np.concatenate([np.repeat(np.arange(25), np.where(np.arange(25) % 4 == 1, 3, 9)), [24] * 5])
    scores = random.dirichlet([1] * 25, len(labels))
    found = confusion(aligned(labels, scores, scores, [f"class {n:02}" for n in range(25)]), 0.5)
    assert len(found.classes) == 20 and found.classes[-1] == "other" and "class 01" not in found.classes
    assert np.sum(found.head) == len(labels) and np.sum(found.head[-1]) == 6 * 3
    shown = [int(name.removeprefix("class ")) for name in found.classes[:-1]]
    assert shown == sorted(shown) and [sum(row) for row in found.head[:-1]] == np.bincount(labels)[shown].tolist()


def test_twenty_classes_are_all_shown():
    labels = np.arange(20)
    found = confusion(aligned(labels, np.eye(20), np.eye(20), [f"{n:02}" for n in labels]), 0.5)
    assert found.classes == [f"{n:02}" for n in labels] and found.head == np.eye(20, dtype=int).tolist()
