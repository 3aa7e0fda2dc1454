"""Estimators in files: skops, never pickle, and the same estimator always gives the same bytes."""

import io
import json
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import skops.io
from sklearn.pipeline import Pipeline

from .problem import Problem

# Types that skops does not trust by itself. A file with any other is refused, so this list stays in code.
TRUSTED = [
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss.loss.HalfSquaredError",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
]


def save(estimator: Pipeline, path: Path) -> None:
    path.write_bytes(canonical(skops.io.dumps(estimator)))


def load(path: Path) -> Pipeline:
    """Read an estimator; Problem when the file is missing, broken, or holds a type that is not trusted."""
    try:
        with ZipFile(path) as parts:
            packed = [part.filename for part in parts.infolist() if part.compress_type != ZIP_STORED]
        if packed:  # ours never is, and a small one can fill the memory
            raise ValueError(f"{packed[0]} is compressed")
        found = skops.io.load(path, trusted=TRUSTED)
        if not isinstance(found, Pipeline):
            raise TypeError(f"it holds a {type(found).__name__}")
        return found
    except FileNotFoundError:
        raise Problem(f"{path} does not exist: run dvc repro, or dvc pull") from None
    except Exception as error:  # of the broken or hostile part, whatever it raises
        reason = " ".join(str(error).split())[:200]
        raise Problem(f"{path} can't be loaded as an estimator: {reason}") from None


def canonical(written: bytes) -> bytes:
    """The same skops file without what changes from run to run and from machine to machine.

    Those are the times of writing, the number of threads that fitted the trees, and the addresses in memory
    by which skops names objects: here they are numbered in the order in which the schema has them.
    """
    source, target = ZipFile(io.BytesIO(written)), io.BytesIO()
    schema = json.loads(source.read("schema.json"))
    numbers: dict[int, int] = {}
    files: dict[str, str] = {}
    renumber(schema, numbers, files)
    with ZipFile(target, "w") as result:
        for old, new in files.items():
            result.writestr(ZipInfo(new), source.read(old))
        result.writestr(ZipInfo("schema.json"), json.dumps(schema, indent=1))
    return target.getvalue()


def renumber(node: object, numbers: dict[int, int], files: dict[str, str]) -> None:
    """Replace what is not the same everywhere in a skops schema, in place, depth first."""
    if isinstance(node, list):
        for item in node:
            renumber(item, numbers, files)
    elif isinstance(node, dict):
        if node.get("__loader__") == "JsonNode":
            node.pop("__id__", None)  # whether two equal numbers are one object is a matter of chance
        elif "__id__" in node:
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        if isinstance(node.get("file"), str):
            name = node["file"]
            node["file"] = files.setdefault(name, f"{len(files):05}{Path(name).suffix}")
        if isinstance(node.get("n_threads"), dict):
            node["n_threads"]["content"] = "1"
        for item in node.values():
            renumber(item, numbers, files)
