"""A draw keeps classes or whole groups, and is the same for whoever makes it."""

import numpy as np
import pytest

from mlgitops.compare.draws import Draws, summed


def counts(draws: Draws) -> np.ndarray:
    return np.concatenate([draws.counts(*chunk) for chunk in draws.chunks()])


def test_a_draw_keeps_the_size_of_each_class():
    found = counts(Draws(50, 0, [30, 70]))
    assert found.shape == (50, 100)
    assert (found[:, :30].sum(axis=1) == 30).all() and (found[:, 30:].sum(axis=1) == 70).all()
    assert found.std() == pytest.approx(1, abs=0.1)


def test_groups_are_drawn_whole():
    found = counts(Draws(10, 0, [100], np.repeat(np.arange(20), 5))).reshape(10, 20, 5)
    assert (found == found[:, :, :1]).all()
    assert (found.sum(axis=(1, 2)) == 100).all()


def test_the_units_of_a_draw_are_its_groups_or_else_its_rows():
    assert Draws(10, 0, [30, 70]).units == 100
    assert Draws(10, 0, [30, 70], np.arange(100) // 5).units == 20


def test_the_same_seed_gives_the_same_draws_and_another_others():
    assert (counts(Draws(50, 1, [40])) == counts(Draws(50, 1, [40]))).all()
    assert (counts(Draws(50, 1, [40])) != counts(Draws(50, 2, [40]))).any()


def test_every_draw_is_made_once():
    draws = Draws(1001, 0, [50_000])
    assert sum(size for size, _ in draws.chunks()) == 1001
    assert len({tuple(seed.generate_state(4)) for _, seed in draws.chunks()}) == len(list(draws.chunks()))


def test_a_long_product_is_that_of_its_blocks():
    random = np.random.default_rng(6)
    counts, columns = random.integers(0, 4, (8, 50_000)), random.normal(size=(50_000, 5))
    assert summed(counts, columns) == pytest.approx(counts @ columns)
