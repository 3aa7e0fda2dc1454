"""The model card: what a bundle was made of and how well it does, for people and for tools."""

import hashlib
from pathlib import Path

import msgspec
import pandas as pd

from . import features, model, prepare, raw
from .params import Params

STAGES = ["prepare", "train", "evaluate", "package"]  # those whose parameters change the bundle


def card(train: pd.DataFrame, test: pd.DataFrame, evaluation: dict, options: Params) -> dict:
    """The card's content; everything that the model was made of is named by its hash."""
    days = {"train": train["day"], "test": test["day"]}
    sources = [*raw.months(), prepare.TRAIN, prepare.TEST, Path("requirements.lock")]
    return {
        "schema": 1,
        "name": model.NAME,
        "task": model.TASK,
        "predicts": model.OUTPUT_DESCRIPTION,
        "inputs": features.FEATURES,
        "data": {name: {"rows": len(day), "from": day.min(), "to": day.max()} for name, day in days.items()},
        "params": {stage: msgspec.to_builtins(getattr(options, stage)) for stage in STAGES},
        **evaluation,
        "made_of": {path.as_posix(): f"md5:{digest(path)}" for path in sources},
    }


def digest(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
