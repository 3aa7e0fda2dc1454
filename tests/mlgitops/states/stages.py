"""The pipeline of the states' project, copied into it: five stages as a generated repository has them, each tiny.

Labels are a function of the row; a model is how much noise its scores have. `fail` names a stage that fails.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq
import yaml

REPORTS = Path("reports")
PARAMS = yaml.safe_load(Path("params.yaml").read_text())
MODELS = {"late": "reports/predictions.parquet", "delay": "reports/delay.parquet"}


def rows() -> pa.Table:
    return pa.concat_tables([csv.read_csv(path) for path in sorted(Path("data/raw").glob("*.csv"))])


def validate() -> None:
    """One expectation of each kind of outcome: counts of the data, never its values."""
    table = rows()
    missing, coldest = table["temp"].null_count, pc.min(table["temp"]).as_py()
    found = [
        expectation("expect_column_values_to_not_be_null", "temp", missing, len(table), missing <= len(table) * 0.05),
        expectation("expect_column_values_to_be_between", "temp", 0, len(table), coldest > -100),
    ]
    good = all(each["success"] for each in found)
    suite = {"suite": "raw", "table": "data/raw", "rows": len(table), "success": good, "expectations": found}
    write("validation.json", {"success": good, "severity": None if good else "critical", "suites": [suite]})
    sys.exit(not good)


def expectation(kind: str, column: str, unexpected: int, total: int, success: bool) -> dict:
    observed, expected = f"{unexpected:,} of {total:,} unexpected", "in 0.95 of the rows"
    return {"type": kind, "column": column, "success": success, "observed": observed, "expected": expected}


def prepare() -> None:
    Path("data/test.json").write_text(json.dumps({"first": PARAMS["prepare"]["first"]}))


def train() -> None:
    Path("models").mkdir(exist_ok=True)
    Path("models/fitted.json").write_text(json.dumps(PARAMS["train"]))


def evaluate() -> None:
    fitted = json.loads(Path("models/fitted.json").read_text())
    for name, file in MODELS.items():
        score(fitted[name], Path(file), name == "delay")
    write("metrics.json", {"rows": 4000, "roc_auc": 0.9})


def package() -> None:
    fitted = json.loads(Path("models/fitted.json").read_text())
    for name in MODELS:
        bundle = Path("models", name)
        bundle.mkdir(exist_ok=True)
        (bundle / "model.json").write_text(json.dumps({"noise": fitted[name]}))


def score(noise: float, out: Path, minutes: bool = False) -> None:
    first = json.loads(Path("data/test.json").read_text())["first"]
    number = np.arange(first, first + 4000)
    luck = np.random.default_rng(1).normal(size=20_000)[number]
    own = np.random.default_rng(round(noise * 100)).normal(size=20_000)[number]
    kind = np.array(["east", "north", "south"])[number % 3]
    columns = {"row_id": [f"row {each:05d}" for each in number], "kind": kind}
    if minutes:
        columns |= {"y_true": luck * 30, "y_pred": luck * 30 + own * noise * 20}
    else:
        labels = (number * 7919 % 10 < 3).astype(int)
        columns |= {"y_true": labels, "y_score": 1 / (1 + np.exp(-(labels * 2 - 1 + luck / 2 + own * noise)))}
    REPORTS.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), out)


def write(name: str, content: dict) -> None:
    REPORTS.mkdir(exist_ok=True)
    (REPORTS / name).write_text(json.dumps(content, indent=1))


if __name__ == "__main__":
    verb, *given = sys.argv[1:]
    if verb == PARAMS.get("fail"):
        raise ValueError(f"{verb} is told to fail")
    if verb == "score":
        score(json.loads(Path(given[0], "model.json").read_text())["noise"], Path(given[1]))
    else:
        globals()[verb]()
