"""The columns of a file as arrays, and the one sentence that refuses a value."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlgitops.errors import CannotCheck

Array = np.ndarray


@dataclass(frozen=True)
class Columns:
    """path: for errors."""

    path: Path
    table: pa.Table

    def numbers(self, name: str) -> Array:
        """(rows,) float64, all finite."""
        kind = self.table.schema.field(name).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
            raise CannotCheck(f"Predictions have {name} of type {kind}", given=self.path, next="It must be a number")
        numbers = pc.cast(self.table[name], pa.float64()).to_numpy()
        self.refuse(name, "missing or not finite", ~np.isfinite(numbers))
        return numbers

    def probabilities(self, name: str) -> Array:
        """(rows,) float64, from 0 to 1."""
        numbers = self.numbers(name)
        self.refuse(name, "not from 0 to 1", (numbers < 0) | (numbers > 1))
        return numbers

    def refuse(self, name: str, what: str, bad: Array) -> None:
        """CannotCheck if any of `bad`, (rows,), is true."""
        if bad.any():
            row = int(np.argmax(bad)) + 1
            raise CannotCheck(
                f"Predictions have {bad.sum():,} values of {name} that are {what}", given=f"{self.path}, row {row}"
            )
