"""The predictions of one model, and how the rows of two of them relate."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array = np.ndarray


@dataclass(frozen=True)
class Predictions:
    """Sorted by row_id, unique strings. labels: (rows,) float64, or int64 codes of the classes of a multiclass task.
    scores: float64, (rows,) or (rows, classes). columns: the rest of the table. classes: texts or integers, in order.
    """

    row_id: pa.Array
    labels: Array
    scores: Array
    columns: pa.Table
    classes: Array | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: Array) -> "Predictions":
        return replace(
            self,
            row_id=self.row_id.take(pa.array(rows)),
            labels=self.labels[rows],
            scores=self.scores[rows],
            columns=self.columns.take(rows),
        )

    def decided(self, threshold: float) -> Array:
        """(rows,): 1 for a score from the threshold on, else 0; of several classes the code of the likeliest."""
        return (self.scores >= threshold).astype(np.int64) if self.classes is None else self.scores.argmax(axis=1)

    @property
    def names(self) -> list[str]:
        """Of the classes, by their codes."""
        return ["0", "1"] if self.classes is None else self.classes.astype(str).tolist()

    @property
    def truth(self) -> Array:
        """(rows,): labels that mean the same in every file: classes by name."""
        return self.labels if self.classes is None else self.classes.astype(str)[self.labels]

    @property
    def labels_digest(self) -> str:
        """sha256 of ids and labels, whatever the order of the rows."""
        digest = hashlib.sha256("\n".join(self.row_id.to_pylist()).encode() + b"\0")
        if self.classes is not None:
            digest.update("\n".join(self.names).encode() + b"\0")
        digest.update(self.labels.tobytes())
        return "sha256:" + digest.hexdigest()


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """How two files relate; base, head: the rows that both have, in one order. classes: how theirs differ, in words."""

    base: Predictions
    head: Predictions
    only_base: int
    only_head: int
    relabelled: int
    classes: str = ""

    @property
    def same(self) -> bool:
        return not (self.only_base or self.only_head or self.relabelled or self.classes)

    @property
    def identical(self) -> bool:
        return self.same and np.array_equal(self.base.scores, self.head.scores)


def align(base: Predictions, head: Predictions) -> Alignment:
    """Join two files on row_id."""
    places = pc.index_in(base.row_id, value_set=head.row_id)
    shared = np.flatnonzero(pc.is_valid(places).to_numpy(zero_copy_only=False))
    both = base.take(shared), head.take(pc.fill_null(places, 0).to_numpy()[shared])
    return Alignment(
        base=both[0],
        head=both[1],
        only_base=len(base) - len(shared),
        only_head=len(head) - len(shared),
        relabelled=int((both[0].truth != both[1].truth).sum()),
        classes=_differing(base.names, head.names),
    )


def group_codes(predictions: Predictions, column: str | None) -> Array | None:
    """(rows,) of codes from 0, one for each value of the column; None where rows are not grouped."""
    if column is None:
        return None
    return pc.rank(predictions.columns[column], tiebreaker="dense").to_numpy().astype(np.int64) - 1


def _differing(base: list[str], head: list[str]) -> str:
    """A model that can't predict a class, or predicts another one, can't be measured on the same labels."""
    only = {"base": [name for name in base if name not in head], "head": [name for name in head if name not in base]}
    found = [f"only {side} has {', '.join(missing[:5])}" for side, missing in only.items() if missing]
    return f"The classes of the two models differ: {'; '.join(found)}" if found else ""
