"""Fit the estimator on the training rows."""

import time

from . import features, model, params, persistence, prepare, table
from .problem import run


def main() -> None:
    options = params.load().train
    train = table.read(prepare.TRAIN)
    began = time.perf_counter()
    fitted = model.estimator(options).fit(train[features.FEATURES], train[features.TARGET])
    persistence.save(fitted, model.ESTIMATOR)
    print(f"fitted on {len(train):,} rows in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    run(main)
