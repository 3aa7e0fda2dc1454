"""A project as small as one can be that DVC runs, and that mlgitops compares: one stage, real git, real DVC."""

from tests.repositories import WorkingTree

PROJECT = '''
"""Labels are a function of the row; a model is how much noise its scores have."""
import argparse, json, pathlib
import numpy as np, pyarrow as pa, pyarrow.parquet as pq, yaml

def score(noise, out):
    params = yaml.safe_load(open("params.yaml"))
    rows = np.arange(params["first"], params["first"] + 4000)
    labels = (rows * 7919 % 10 < 3).astype(int)
    luck = np.random.default_rng(1).normal(size=20000)[rows]
    own = np.random.default_rng(round(noise * 100)).normal(size=20000)[rows]
    scores = 1 / (1 + np.exp(-(labels * 2 - 1 + luck / 2 + own * noise)))
    ids = [f"row {row:05d}" for row in rows]
    kind = np.where(rows % 3 == 0, "a", "b")
    pq.write_table(pa.table({"row_id": ids, "y_true": labels, "y_score": scores, "kind": kind}), out)

def train():
    noise = yaml.safe_load(open("params.yaml"))["train"]["noise"]
    bundle = pathlib.Path("models/m")
    bundle.mkdir(parents=True, exist_ok=True)
    (bundle / "model.json").write_text(json.dumps({"noise": noise}))
    pathlib.Path("reports").mkdir(exist_ok=True)
    score(noise, "reports/predictions.parquet")
    pathlib.Path("reports/metrics.json").write_text(json.dumps({"rows": 4000}))

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--out")
    given = parser.parse_args()
    if given.model:
        score(json.loads(pathlib.Path(given.model, "model.json").read_text())["noise"], given.out)
    else:
        train()
'''

DVC = """
stages:
  train:
    cmd: python project.py
    deps: [project.py]
    params: [train, first]
    outs: [models/m, reports/predictions.parquet]
    metrics: [{reports/metrics.json: {cache: false}}]
"""

GATES = """
name: m
task: binary
model: models/m
predictions: reports/predictions.parquet
score: python project.py --model {model} --out {out}
metrics:
  roc_auc: {role: primary, margin: 0.005, floor: 0.65}
  log_loss: {role: guardrail, margin: 0.02}
slices: {columns: [kind], metric: roc_auc, margin: 0.05}
budgets: {model_mb: 1}
bootstrap: {draws: 500}
"""


class Project(WorkingTree):
    def train(self, noise: float, first: int = 0) -> None:
        """Set the parameters, bring the pipeline up to date, and commit."""
        self.write("params.yaml", f"train: {{noise: {noise}, seed: 0}}\nfirst: {first}\n")
        self.must("dvc", "repro", "--quiet")
        self.commit()

    def create(self, *edits: tuple[str, str]) -> None:
        """main: a trained model; the branch change: where the tests go on. edits: (old, new) in the project's code."""
        code = PROJECT
        for old, new in edits:
            code = code.replace(old, new)
        self.begin()
        for path, text in {"project.py": code, "dvc.yaml": DVC, "gates.yaml": GATES, "README.md": "m\n"}.items():
            self.write(path, text)
        self.commit()
        self.must("git", "tag", "empty")
        self.train(noise=0.5)
        self.must("git", "checkout", "--quiet", "-b", "change")
