"""Who belongs to an arm: units as they were assigned."""

import numpy as np
import pyarrow as pa

from mlgitops.experiment.arm import Arm, arms, both, units_of
from mlgitops.experiment.logs import PREDICTIONS

SCHEMA = PREDICTIONS.append(pa.field("truth", pa.float64()))


def table(*rows: tuple) -> pa.Table:
    """Of (id, model, unit, output, truth)."""
    return pa.Table.from_pylist(
        [
            {"id": id, "time": 0, "model": model, "unit": unit, "shadow": False, "output": output, "truth": truth}
            for id, model, unit, output, truth in rows
        ],
        schema=SCHEMA,
    )


def test_rows_of_one_request_without_a_unit_are_one_unit():
    found = units_of(table(*(("a" * 16 + end, "m", None, 0.1, 1) for end in ("-0", "-1", ""))))
    assert len(set(found)) == 1
    assert len(set(units_of(table(("a" * 16, "m", None, 0.1, 1), ("b" * 16, "m", None, 0.1, 1))))) == 2


def test_an_arm_has_its_models_rows_and_those_with_a_truth_apart():
    rows = [
        ("1", "old", "x", 0.1, 1),
        ("2", "old", "x", 0.2, None),
        ("3", "new", "y", 0.3, 0),
        ("4", "gone", "z", 0.4, 0),
    ]
    (old, new), mixed = arms(table(*rows), ["old", "new"])
    assert (old.answers, old.rows, old.assigned, mixed) == (2, 1, 1, 0)
    assert old.labels.tolist() == [1] and old.scores.tolist() == [0.1]
    assert new.labels.tolist() == [0] and new.scores.tolist() == [0.3]


def test_a_unit_that_met_two_models_is_in_neither_arm():
    rows = [("1", "old", "x", 0.1, 1), ("2", "new", "x", 0.2, 1), ("3", "new", "y", 0.3, 0)]
    (old, new), mixed = arms(table(*rows), ["old", "new"])
    assert (old.answers, new.answers, mixed) == (0, 1, 1)


def test_a_unit_that_asked_for_a_third_model_stays():
    (old,), mixed = arms(table(("1", "old", "x", 0.1, 1), ("2", "third", "x", 0.2, 1)), ["old"])
    assert (old.answers, mixed) == (1, 0)


def test_a_shadow_meets_the_answers_that_it_was_scored_beside():
    answered = table(("1", "old", "x", 0.1, 1), ("2", "new", "y", 0.2, 0), ("3", "old", "z", 0.3, None))
    shadow = table(
        ("3", "s", "z", 0.6, None), ("2", "s", "y", 0.5, 0), ("1", "s", "x", 0.4, 1), ("9", "s", "x", 0.4, 1)
    )
    base, head = both(answered, shadow, ("old", "s"))
    assert (base.answers, base.rows, head.rows) == (2, 1, 1)
    assert (base.scores.tolist(), head.scores.tolist(), base.labels.tolist()) == ([0.1], [0.4], [1])


def test_clusters_are_of_the_rows_whose_truth_is_known():
    units = np.array([5, 2, 5, 9])
    arm = Arm("m", np.array([True, False, True, True]), np.zeros(3), np.zeros(3), units)
    assert arm.clusters.tolist() == [0, 0, 1] and arm.assigned == 3
