"""Fit the estimator on the training rows, and write it in both its forms."""

import time

from . import conversion, features, folder, model, params, persistence, prepare, table
from .problem import run


def main() -> None:
    options = params.load().train
    train = table.read(prepare.TRAIN)
    began = time.perf_counter()
    fitted = model.estimator(options).fit(train[features.FEATURES], train[features.TARGET])
    with folder.replaced(model.ESTIMATOR.parent) as beside:
        persistence.save(fitted, beside / model.ESTIMATOR.name)
        conversion.save(fitted, beside / model.GRAPH.name)
    print(f"fitted on {len(train):,} rows in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    run(main)
