"""What a pull request's job does before the comparison: set up, validate, train."""

from pathlib import Path
from typing import Annotated

import typer

from mlgitops.cli.options import Gates

app = typer.Typer()


@app.command(epilog="Example: mlgitops scope --install auto")
def scope(
    install: Annotated[str, typer.Option(help="auto, project, dvc or nothing: what this job needs.")] = "auto",
) -> None:
    """Decide what a job has to install: the project only if its pull request touches the pipeline.

    For a pull request, the settings of DVC become those of its base, before anything asks a remote.
    """
    from mlgitops.errors import CannotCheck
    from mlgitops.github import event
    from mlgitops.guard import remote
    from mlgitops.report.escape import listed
    from mlgitops.repository.git import Repository
    from mlgitops.repository.scope import fetch_base, touched

    if install not in ("auto", "project", "dvc", "nothing"):
        raise CannotCheck("--install takes auto, project, dvc or nothing", given=install)
    pull, paths = event.pull_request(), []
    if pull:
        repository = Repository.here()
        base = fetch_base(repository, pull)
        for name in remote.restore(repository, base):
            print(f"{name} is not the pull request's here but that of {base}.")
        paths = touched(repository, base)
        print("\n".join(["Touched:", *listed(paths)]) if paths else "Nothing that the model is made of was touched.")
    event.set_output("install", install if install != "auto" else "project" if paths else "nothing")


@app.command(name="validate-data", epilog="Example: mlgitops validate-data")
def validate_data(
    validation: Annotated[Path, typer.Option(help="The result that the stage writes.")] = Path(
        "reports/validation.json"
    ),
) -> None:
    """Run the validate stage and show its failures: on the terminal, as annotations, on the job's summary."""
    from mlgitops.pipeline import result
    from mlgitops.pipeline import validation as shown
    from mlgitops.pipeline.train import run
    from mlgitops.repository.git import Repository

    result.PATH.unlink(missing_ok=True)
    repository = Repository.here()
    try:
        run(repository, "validate")
    finally:
        shown.show(repository.root / validation)


@app.command(epilog="Example: mlgitops train --gates gates.yaml")
def train(gates: Gates = Path("gates.yaml")) -> None:
    """Bring the pipeline up to date, push what it made, and pack what belongs on the branch."""
    from mlgitops.compare.gates import read
    from mlgitops.github import event, recording
    from mlgitops.pipeline.train import run, store
    from mlgitops.repository.git import Repository
    from mlgitops.repository.lock import Lock

    repository, named = Repository.here(), read(gates)
    pipeline = run(repository)
    store(repository, [named.predictions, named.model])
    recording.pack(repository, repository.root / "report" / recording.FOLDER)
    event.set_output("retrained", str(pipeline.retrained).lower())
    event.set_output("model-digest", Lock.read(repository).outs[named.model].digest)
