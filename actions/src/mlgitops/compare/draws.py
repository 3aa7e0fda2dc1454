"""How often each row is drawn, draw by draw: the same numbers for every metric, in every thread and process.

Rows are drawn within each class, so that a draw keeps the share of positives (Efron and Tibshirani 1993); with groups,
whole groups are drawn (Davison and Hinkley 1997), because rows of one group are not independent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
CHUNK = 1 << 17  # counts that a thread holds at once: more do not fit the processor's caches,
FEWEST = 4  # but not fewer draws: each chunk has costs of its own
# Multiplications: from here on BLAS starts threads of its own, which wait for each other and for ours.
PRODUCT = 1 << 18


@dataclass(frozen=True)
class Draws:
    """How rows are drawn: within strata, runs of rows that are `sizes` long; or groups (a code for each row), whole.

    The units of a draw are the groups, or else the rows.
    """

    draws: int
    seed: int
    sizes: list[int]
    groups: Array | None = None

    @property
    def units(self) -> int:
        return sum(self.sizes) if self.groups is None else int(self.groups.max()) + 1

    def chunks(self) -> Iterator[tuple[int, np.random.SeedSequence]]:
        """(how many draws, a seed of their own): the same whatever the number of threads."""
        size = max(FEWEST, CHUNK // sum(self.sizes))
        sizes = [min(size, self.draws - start) for start in range(0, self.draws, size)]
        return zip(sizes, np.random.SeedSequence(self.seed).spawn(len(sizes)), strict=True)

    def of_units(self, draws: int, seed: np.random.SeedSequence) -> Array:
        """(draws, units): how often each unit was drawn."""
        random = np.random.Generator(np.random.SFC64(seed))
        sizes = self.sizes if self.groups is None else [self.units]
        return np.concatenate([_drawn(random, draws, size) for size in sizes], axis=1)

    def counts(self, draws: int, seed: np.random.SeedSequence) -> Array:
        """(draws, rows): how often each row was drawn."""
        counts = self.of_units(draws, seed)
        return counts if self.groups is None else counts.take(self.groups, axis=1)


def summed(counts: Array, columns: Array) -> Array:
    """(draws, k) for counts (draws, units) of columns (units, k), in blocks that one thread multiplies."""
    size = max(1, PRODUCT // (len(counts) * columns.shape[1]))
    blocks = (slice(start, start + size) for start in range(0, len(columns), size))
    return sum(counts[:, block].astype(np.float64) @ columns[block] for block in blocks)


def _drawn(random: np.random.Generator, draws: int, size: int) -> Array:
    """(draws, size): counts of `size` draws with replacement from `size`.

    Multiplying 32 random bits and keeping the upper half (Lemire 2019) costs half of Generator.integers; without his
    rejection step some rows are likelier by one part in 2³² ÷ size, which nothing here can see.
    """
    bits = random.integers(0, 2**64 - 1, (draws * size + 1) // 2, dtype=np.uint64, endpoint=True).view(np.uint32)
    chosen = (bits[: draws * size].astype(np.int64) * size >> 32).reshape(draws, size)
    chosen += np.arange(draws)[:, None] * size
    return np.bincount(chosen.ravel(), minlength=draws * size).reshape(draws, size)
