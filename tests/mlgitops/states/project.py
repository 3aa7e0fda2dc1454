"""A repository in each state in which a pull request can be: real git, real DVC, the verbs that a job runs."""

import shutil
from pathlib import Path

from mlgitops.report.document import load
from mlgitops.report.schema import Report
from tests.repositories import WorkingTree

DVC = """
stages:
  validate:
    cmd: python stages.py validate
    deps: [data/raw]
    params: [fail]
    outs: [{reports/validation.json: {cache: false}}]
  prepare:
    cmd: python stages.py prepare
    deps: [reports/validation.json]
    params: [prepare, fail]
    outs: [data/test.json]
  train:
    cmd: python stages.py train
    deps: [data/test.json]
    params: [train, fail]
    outs: [models/fitted.json]
  evaluate:
    cmd: python stages.py evaluate
    deps: [models/fitted.json, data/test.json]
    params: [fail]
    outs: [reports/predictions.parquet, reports/delay.parquet]
    metrics: [{reports/metrics.json: {cache: false}}]
  package:
    cmd: python stages.py package
    deps: [models/fitted.json]
    params: [fail]
    outs: [models/late, models/delay]
"""
GATES = """name: late
task: binary
model: models/late
predictions: reports/predictions.parquet
score: python stages.py score {model} {out}
metrics:
  roc_auc: {role: primary, margin: 0.005, floor: 0.65}
  log_loss: {role: guardrail, margin: 0.02}
  brier: {role: guardrail, margin: 0.01}
  f1: {role: info}
slices: {columns: [kind], metric: roc_auc, margin: 0.05}
budgets: {model_mb: 1}
data: {key: [day, carrier]}
bootstrap: {draws: 500, seed: 2013}
"""
DELAY = """name: delay
task: regression
model: models/delay
predictions: reports/delay.parquet
metrics:
  rmse: {role: primary, margin: 1}
  mae: {role: guardrail, margin: 1}
bootstrap: {draws: 500, seed: 2013}
"""
PARAMS = "prepare: {{first: {first}}}\ntrain: {{late: {late}, delay: {delay}}}\nfail: {fail}\n"


class Project(WorkingTree):
    """A working tree on a branch of its own; main has a trained model."""

    def create(self) -> None:
        """main: first nothing but code and data, tagged empty; then a trained model. Then the branch change."""
        self.begin()
        self.must("dvc", "remote", "add", "--default", "disk", str(self.root / ".git" / "disk"))
        shutil.copy(Path(__file__).with_name("stages.py"), self.root)
        for path, text in {
            "dvc.yaml": DVC,
            "gates.yaml": GATES,
            "README.md": "late\n",
            ".gitignore": "/report/\n",
        }.items():
            self.write(path, text)
        self.params()
        self.data("a", 100)
        self.commit("Start")
        self.must("git", "tag", "empty")
        self.train()
        assert (self.root / "models" / "late").is_dir()
        self.must("git", "checkout", "--quiet", "-b", "change")

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text()
        assert old in text
        self.write(path, text.replace(old, new))

    def params(self, late: float = 0.5, delay: float = 0.5, first: int = 0, fail: str = "null", more: str = "") -> None:
        self.write("params.yaml", PARAMS.format(late=late, delay=delay, first=first, fail=fail) + more)

    def data(self, name: str, rows: int, missing: int = 0, warmer: int = 0) -> None:
        """A tracked file: rows of a day and a carrier; `missing` temperatures are lost, `warmer` ones are edited."""
        temps = ["" if n < missing else 20 + n % 7 + (n >= rows - warmer) for n in range(rows)]
        lines = [f"{name}{n},{'AB'[n % 2]},{temp}" for n, temp in enumerate(temps)]
        file = self.root / "data" / "raw" / f"{name}.csv"
        file.unlink(missing_ok=True)  # it may be a link into DVC's cache
        self.write(f"data/raw/{name}.csv", "\n".join(["day,carrier,temp", *lines]) + "\n")
        self.must("dvc", "add", "--quiet", "data/raw")

    def train(self, **params: object) -> None:
        """Set the parameters, run the job's verb, and commit; a stage that fails leaves its record."""
        self.params(**params)
        self.commit("Train")
        shutil.rmtree(self.root / "report", ignore_errors=True)  # a job starts without a record
        self.run("mlgitops", "train")
        self.commit("Record")

    def compare(self, base: str = "main", exit_code: int = 0, gates: str = "gates.yaml") -> Report:
        done = self.run("mlgitops", "compare", "--base", base, MLGITOPS_GATES=gates)
        assert done.returncode == exit_code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return load((self.root / "report" / "report.json").read_bytes())
