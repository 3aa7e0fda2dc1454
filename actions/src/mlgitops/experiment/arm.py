"""An arm of an experiment: what one version answered, and to whom."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array = np.ndarray


@dataclass(frozen=True)
class Arm:
    """known: (answers,) whether the truth of an answer is. labels, scores: (rows,) of those where it is.

    units: (answers,) codes of the units that were assigned as one.
    """

    model: str
    known: Array
    labels: Array
    scores: Array
    units: Array

    @property
    def answers(self) -> int:
        return len(self.known)

    @property
    def rows(self) -> int:
        return len(self.labels)

    @property
    def assigned(self) -> int:
        """Units that it answered."""
        return len(np.unique(self.units))

    @property
    def clusters(self) -> Array:
        """(rows,): the units of the rows whose truth is known, codes from 0."""
        return np.unique(self.units[self.known], return_inverse=True)[1]


def arms(answered: pa.Table, models: list[str]) -> tuple[list[Arm], int]:
    """The arm of each model, in their order, and how many units were left out because several models answered them.

    Assignment is sticky, so such a unit was not assigned: it asked for a version, or met the moment of the deploy.
    """
    codes = pc.fill_null(pc.index_in(answered["model"], value_set=pa.array(models)), -1).to_numpy()
    units = units_of(answered)
    met = np.unique((units * np.int64(len(models)) + codes)[codes >= 0])  # each pair of a unit and a model once
    several = np.bincount(met // len(models), minlength=len(answered)) > 1
    kept = ~several[units]
    found = [_arm(answered, model, units, kept & (codes == code)) for code, model in enumerate(models)]
    return found, int(several.sum())


def both(answered: pa.Table, shadow: pa.Table, models: tuple[str, str]) -> tuple[Arm, Arm]:
    """The arms of a model that answered and of one in its shadow, on the rows that both scored, in one order."""
    base = answered.filter(pc.equal(answered["model"], models[0]))
    head = shadow.filter(pc.equal(shadow["model"], models[1]))
    places = pc.index_in(head["id"], value_set=base["id"].combine_chunks())
    head, base = head.filter(pc.is_valid(places)), base.take(places.drop_null())
    units, every = units_of(base), np.ones(len(base), bool)
    return _arm(base, models[0], units, every), _arm(head, models[1], units, every)


def units_of(table: pa.Table) -> Array:
    """(rows,) codes from 0. Without a unit a request was assigned as a whole: its id is that of its rows, up to the
    row's number."""
    request = pc.replace_substring_regex(table["id"], r"-\d+$", "")
    return pc.coalesce(table["unit"], request).combine_chunks().dictionary_encode().indices.to_numpy()


def _arm(table: pa.Table, model: str, units: Array, chosen: Array) -> Arm:
    truths, outputs = (table[name].to_numpy()[chosen] for name in ("truth", "output"))
    known = np.isfinite(truths)
    return Arm(model, known, truths[known], outputs[known], units[chosen])
