"""A pull request's path against the plain script, and a pull request that touches only documentation."""

import shutil
import subprocess
from pathlib import Path

from cookiecutter.main import cookiecutter

from bench.measure import Sample, timed
from demo.place import ROOT
from demo.team import Laptop


def prepare(folder: Path) -> Path:
    """A generated repository with a trained baseline on main, and its origin."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    laptop = Laptop(Path(cookiecutter(str(ROOT), no_input=True, output_dir=str(folder))))
    for command in ("setup", "data", "train"):
        print(f"make {command}", flush=True)
        laptop.run("make", command)
    laptop.run("git", "init", "--quiet", "--bare", str(folder / "origin.git"))
    laptop.run("git", "remote", "add", "origin", str(folder / "origin.git"))
    laptop.run("git", "switch", "--quiet", "-C", "main")
    laptop.commit_and_push("Predict late arrivals")
    return laptop.root


def pipeline(repository: Path, number: int) -> Sample:
    """Change a parameter, then do what the job does after its set-up."""
    laptop = Laptop(repository)
    laptop.run("git", "switch", "--quiet", "--force", "--no-track", "-C", "change", "origin/main")
    laptop.edit("params.yaml", r"l2_regularization: [\d.]+", f"l2_regularization: {number + 1}.5")
    laptop.run("git", "commit", "--quiet", "--no-verify", "--all", "-m", "Regularize")
    mlgitops = str(repository / ".venv-actions" / "bin" / "mlgitops")
    verbs = [["validate-data"], ["train"], ["compare", "--base", "origin/main"]]
    return timed([[mlgitops, *verb] for verb in verbs], repository)


def plain(repository: Path) -> Sample:
    python = repository / ".venv" / "bin" / "python"
    return timed([[str(python), str(ROOT / "bench" / "plain.py"), "."]], repository)


def documentation(repository: Path, number: int) -> Sample:
    """A shallow clone of a branch with one edited page, the actions' environment made in it, scope and compare."""
    laptop, job = Laptop(repository), repository.parent / f"documentation-{number}"
    laptop.run("git", "switch", "--quiet", "--force", "--no-track", "-C", "words", "origin/main")
    (repository / "README.md").write_text(f"# Edited {number}\n")
    laptop.run("git", "commit", "--quiet", "--no-verify", "--all", "-m", "Edit the page")
    laptop.run("git", "push", "--quiet", "--force", "--no-verify", "origin", "HEAD:words")
    uv, venv, actions = str(repository / ".venv/bin/uv"), ".venv-actions", ".github/actions"
    subprocess.run(
        [
            "git",
            "clone",
            "-q",
            "--depth",
            "50",
            "-b",
            "words",
            "--no-single-branch",
            f"file://{repository.parent}/origin.git",
            str(job),
        ],
        check=True,
    )
    install = [uv, "pip", "install", "--quiet", "--python", venv]
    return timed(
        [
            [uv, "venv", "--quiet", venv],
            [*install, "--verify-hashes", "-r", f"{actions}/requirements.lock"],
            [*install, "--no-deps", f"./{actions}"],
            [f"{venv}/bin/mlgitops", "scope"],
            [f"{venv}/bin/mlgitops", "compare", "--base", "origin/main"],
        ],
        job,
    )
